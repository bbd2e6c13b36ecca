import fc from "fast-check";

/** Where a value comes from, as numbers that pick among what there is. */
export interface RawSource {
  readonly how: number;
  readonly picks: readonly number[];
}

/** An input port before its wires are known. */
export interface RawPort {
  readonly mode: number;
  readonly wiring: number;
  readonly value: number;
  readonly source: RawSource;
}

/** A node before its wires are known. */
export interface RawNode {
  readonly kind: "node";
  readonly type: number;
  readonly ports: readonly RawPort[];
  readonly list: RawPort | undefined;
  readonly salt: number;
  readonly flags: number;
  readonly fault: { readonly modulus: number; readonly rest: number; readonly until: number } | undefined;
  readonly attempts: number;
  readonly map: {
    readonly each: readonly [RawPort, RawPort];
    readonly isDouble: boolean;
    readonly chunkSize: number;
    readonly chunkBy: number;
    readonly concurrency: number;
  };
  readonly flow: RawFlow | undefined;
}

/** A test before its numbers are in range. */
export interface RawTest {
  readonly kind: number;
  readonly modulus: number;
  readonly rest: number;
}

/** A cycle with the items of its body. */
export interface RawCycle {
  readonly kind: "cycle";
  readonly items: readonly RawItem[];
  readonly feedback: readonly { readonly source: RawSource; readonly target: number; readonly port: number }[];
  readonly isInclusive: boolean;
  readonly maxIterations: number;
  readonly goal: { readonly kind: number; readonly source: RawSource; readonly test: RawTest; readonly form: number };
  readonly condition: { readonly isInside: boolean; readonly source: RawSource; readonly test: RawTest } | undefined;
  readonly failsWhenExhausted: boolean;
  readonly historyWindow: number;
}

/** A node, or a cycle. */
export type RawItem = RawNode | RawCycle;

/** A graph before its wires are known; any such value stands for a valid graph. */
export interface RawFlow {
  readonly inputs: readonly { readonly mode: number; readonly value: number }[];
  readonly items: readonly RawItem[];
  readonly outputs: readonly RawSource[];
}

/** A graph and how to run it. */
export interface RawScenario {
  readonly flow: RawFlow;
  readonly parameters: readonly { readonly node: number; readonly port: number; readonly value: number }[];
  readonly goesOn: boolean;
  readonly seed: number;
}

const source: fc.Arbitrary<RawSource> = fc.record({
  how: fc.nat(9),
  picks: fc.array(fc.nat(14), { minLength: 6, maxLength: 6 }),
});

const port: fc.Arbitrary<RawPort> = fc.record({ mode: fc.nat(3), wiring: fc.nat(9), value: fc.nat(22), source });

const test: fc.Arbitrary<RawTest> = fc.record({ kind: fc.nat(15), modulus: fc.nat(4), rest: fc.nat(9) });

const fault = fc.record({
  modulus: fc.integer({ min: 3, max: 7 }),
  rest: fc.nat(6),
  until: fc.integer({ min: 2, max: 3 }),
});

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, of: number): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { freq: of, nil: undefined });

/** `freq` of fast-check is one time in `freq` for nothing; this is one time in `of` for something. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, of: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: of - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

function nodes(depth: number): fc.Arbitrary<RawNode> {
  return fc.record({
    kind: fc.constant("node" as const),
    type: fc.nat(15),
    ports: fc.array(port, { maxLength: 3 }),
    list: seldom(port, 3),
    salt: fc.nat(22),
    flags: fc.nat(15),
    fault: seldom(fault, 7),
    attempts: fc.integer({ min: 1, max: 3 }),
    map: fc.record({
      each: fc.tuple(port, port),
      isDouble: fc.nat(5).map((n) => n === 5),
      chunkSize: fc.nat(3),
      chunkBy: fc.nat(2),
      concurrency: fc.nat(3),
    }),
    flow: depth === 0 ? fc.constant(undefined) : sometimes(flows(depth - 1, 3), 3),
  });
}

function cycles(depth: number): fc.Arbitrary<RawCycle> {
  return fc.record({
    kind: fc.constant("cycle" as const),
    items: fc.array(items(depth), { minLength: 1, maxLength: 4 }),
    feedback: fc.array(fc.record({ source, target: fc.nat(9), port: fc.nat(5) }), { minLength: 1, maxLength: 3 }),
    isInclusive: fc.boolean(),
    maxIterations: fc.integer({ min: 1, max: 6 }),
    goal: fc.record({ kind: fc.nat(9), source, test, form: fc.nat(9) }),
    condition: seldom(fc.record({ isInside: fc.boolean(), source, test }), 4),
    failsWhenExhausted: fc.nat(9).map((n) => n === 9),
    historyWindow: fc.integer({ min: 1, max: 3 }),
  });
}

function items(depth: number): fc.Arbitrary<RawItem> {
  if (depth === 0) return nodes(0);
  return fc.oneof({ weight: 5, arbitrary: nodes(depth) }, { weight: 2, arbitrary: cycles(depth - 1) });
}

function flows(depth: number, most: number): fc.Arbitrary<RawFlow> {
  return fc.record({
    inputs: fc.array(fc.record({ mode: fc.nat(3), value: fc.nat(22) }), { maxLength: 3 }),
    items: fc.array(items(depth), { minLength: 1, maxLength: most }),
    outputs: fc.array(source, { maxLength: 2 }),
  });
}

/** Raw scenarios that fast-check can shrink: smaller numbers pick nearer and plainer things. */
export const rawScenarios: fc.Arbitrary<RawScenario> = fc.record({
  flow: flows(3, 7),
  parameters: fc.array(fc.record({ node: fc.nat(30), port: fc.nat(3), value: fc.nat(22) }), { maxLength: 2 }),
  goesOn: fc.boolean(),
  seed: fc.nat(1_000_000),
});
