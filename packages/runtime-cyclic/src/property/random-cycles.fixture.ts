import { all, any, type CycleBuilder, delta, fixpoint, type OutRef, plateau, Workflow } from "@polyloom/core";
import fc from "fast-check";
import { add, fussy, half, isRound, isSmall, stands, tallied } from "./steps.fixture.ts";

/** One cycle: the nodes of its body, each with the one that it reads besides the one before, and how it ends. */
export interface CycleSketch {
  readonly body: readonly { readonly kind: "add" | "tallied" | "half" | "fussy"; readonly more: number }[];
  readonly end: (typeof ENDS)[number];
  readonly most: number;
  /** Iterations of a cycle around its first node; 0 for none. */
  readonly inner: number;
  /** Whether it begins with what the one before gave. */
  readonly isAfter: boolean;
}

const ENDS = ["maximum", "expression", "predicate", "history", "criteria", "condition", "exhausted"] as const;

/** Random cycles, for {@link flowOf}. */
export const sketches: fc.Arbitrary<CycleSketch[]> = fc.array(
  fc.record({
    body: fc.array(fc.record({ kind: fc.constantFrom("add", "add", "tallied", "half", "fussy"), more: fc.nat(4) }), {
      minLength: 1,
      maxLength: 4,
    }),
    end: fc.constantFrom(...ENDS),
    most: fc.integer({ min: 2, max: 12 }),
    inner: fc.constantFrom(0, 0, 2, 3),
    isAfter: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

const NODES = { add, tallied, half, fussy };

/** A workflow with these cycles, and a node after each. */
export function flowOf(cycles: readonly CycleSketch[]): Workflow {
  const flow = new Workflow("random");
  let before: OutRef<number> | undefined;
  for (const [at, sketch] of cycles.entries()) {
    const last = addCycle(flow, `c${at}`, sketch, sketch.isAfter ? before : undefined);
    before = flow.addNode(`after${at}`, add, { value: last }).out.value;
  }
  return flow;
}

function addCycle(
  flow: Workflow,
  name: string,
  sketch: CycleSketch,
  begin: OutRef<number> | undefined,
): OutRef<number> {
  const { body, most, inner } = sketch;
  const values: OutRef<number>[] = [];
  const first = flow.addNode(`${name}n0`, NODES[body[0]!.kind], { value: begin ?? most });
  values.push(first.out.value as OutRef<number>);
  for (const [at, { kind, more }] of body.entries())
    if (at > 0) {
      const inputs = { value: values[at - 1]!, more: values[more % at]! };
      values.push(flow.addNode(`${name}n${at}`, NODES[kind], inputs).out.value as OutRef<number>);
    }
  const last = values.at(-1)!;
  if (inner > 0 && body.length > 1)
    flow.createCycle(`${name}inner`).connect(values[0]!, first.in.value).maxIterations(inner).build();
  const cycle = flow.createCycle(name).connect(last, inner > 0 && body.length > 1 ? first.in.more : first.in.value);
  finish(cycle.maxIterations(most), `${name}n${body.length - 1}`, last, sketch.end);
  cycle.build();
  return last;
}

function finish(cycle: CycleBuilder, id: string, last: OutRef<number>, end: CycleSketch["end"]): void {
  if (end === "expression") cycle.convergeWhen(`iteration > 2 && ${id}.value > previous.${id}.value + 1`);
  if (end === "predicate") cycle.convergeWhen(last, isRound);
  if (end === "history") cycle.convergeWhen(last, stands).historyWindow(3);
  if (end === "criteria") cycle.convergeWhen(any(all(delta(last, 3, { patience: 2 }), plateau(last)), fixpoint(last)));
  if (end === "condition") cycle.continueWhile(last, isSmall);
  if (end === "exhausted") cycle.convergeWhen(last, isRound).onExhausted("fail");
}
