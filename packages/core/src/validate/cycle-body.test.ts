import fc from "fast-check";
import { expect, test } from "vitest";
import type { ErrorCode } from "@polyloom/wire";
import { flowOf, reachability, type Sketch, sketches } from "./random-flow.fixture.ts";
import { analyze } from "./structure.ts";

/** What the contract says of a sketch (G4), worked out node by node. */
interface Expected {
  readonly bodies: readonly (readonly number[])[];
  readonly codes: ReadonlySet<ErrorCode>;
}

function expectedOf({ count, edges, cycles }: Sketch): Expected {
  const reach = reachability(count, edges);
  const nodes = Array.from({ length: count }, (_, i) => i);
  const bodies = cycles.map(({ target, source, reads, include }) =>
    nodes.filter((node) => {
      const leads = (to: number | undefined): boolean => to !== undefined && reach[target]![to]! && reach[node]![to]!;
      return node === include || (reach[target]![node]! && (leads(source) || leads(reads)));
    }),
  );
  const codes = new Set<ErrorCode>();
  if (cycles.some(({ target, source }) => !reach[target]![source])) codes.add("cycle_empty");
  bodies.forEach((a, i) => {
    for (const b of bodies.slice(i + 1)) {
      const common = a.filter((node) => b.includes(node)).length;
      if (common > 0 && (common < Math.min(a.length, b.length) || a.length === b.length)) codes.add("cycle_overlap");
    }
  });
  if (codes.size === 0 && !isContractedAcyclic({ count, edges, cycles }, bodies)) codes.add("unmarked_cycle");
  return { bodies, codes };
}

/** Looks at every scope on its own: bodies inside it as one node, what is outside of it left out. */
function isContractedAcyclic({ count, edges, cycles }: Sketch, bodies: Expected["bodies"]): boolean {
  const needs = cycles.flatMap(({ reads }, i) =>
    reads === undefined || bodies[i]!.includes(reads) ? [] : [[reads, bodies[i]![0]!, i] as const],
  );
  return [undefined, ...bodies].every((scope) => {
    const inside = bodies.filter(
      (body) => body !== scope && (scope === undefined || (body.length < scope.length && scope.includes(body[0]!))),
    );
    const unitOf = (node: number): number => {
      const widest = inside.filter((body) => body.includes(node)).toSorted((a, b) => b.length - a.length)[0];
      return widest === undefined ? node : widest[0]!;
    };
    const within = (node: number): boolean => scope === undefined || scope.includes(node);
    const all = [...edges, ...needs.map(([from, to]) => [from, to] as const)].filter(
      ([a, b]) => within(a) && within(b),
    );
    const units = all.map(([a, b]) => [unitOf(a), unitOf(b)] as const).filter(([a, b]) => a !== b);
    const reach = reachability(count, units);
    return units.every(([a, b]) => !reach[b]![a]);
  });
}

test("G4: bodies, overlaps and loops around them are what the contract says, for random graphs with random back edges", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(sketches, (sketch) => {
      const expected = expectedOf(sketch);
      const { cycles, issues } = analyze(flowOf(sketch));
      const codes = new Set(issues.map(({ code }) => code));
      if (expected.codes.has("cycle_empty") || expected.codes.has("cycle_overlap")) codes.delete("unmarked_cycle");
      if (expected.codes.has("cycle_empty"))
        for (const each of [codes, expected.codes as Set<ErrorCode>]) each.delete("cycle_overlap");
      expect(codes).toEqual(expected.codes);
      if (!codes.has("cycle_empty")) expect(cycles.map(({ body }) => body)).toEqual(expected.bodies);
      const kind = [...expected.codes].join() || (sketch.cycles.length > 1 ? "sound with several cycles" : "sound");
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 2000 },
  );
  for (const kind of ["cycle_empty", "cycle_overlap", "unmarked_cycle", "sound with several cycles", "sound"])
    expect([kind, (seen.get(kind) ?? 0) > 20]).toEqual([kind, true]);
});

test("G4: bodies nest by their size, and each node belongs to the innermost", () => {
  const chain = {
    count: 6,
    edges: [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ] as const,
  };
  const cycles = [
    { target: 2, source: 2 },
    { target: 0, source: 4 },
    { target: 1, source: 3 },
  ];
  const { nesting, cycles: found, issues } = analyze(flowOf({ ...chain, cycles }));
  expect(issues).toEqual([]);
  expect(found.map(({ body }) => body)).toEqual([[2], [0, 1, 2, 3, 4], [1, 2, 3]]);
  expect([...nesting.scopeOf]).toEqual([1, 2, 0, 2, 1, -1]);
  expect([...nesting.parentOf]).toEqual([2, -1, 1]);
});

test("G4: a node that the criterion reads belongs to the body, with the path to it; one outside is waited for", () => {
  const edges = [
    [0, 1],
    [1, 2],
    [0, 3],
  ] as const;
  const side = analyze(flowOf({ count: 5, edges, cycles: [{ target: 0, source: 1, reads: 3 }] }));
  expect(side.cycles[0]!.body).toEqual([0, 1, 3]);
  const outside = analyze(flowOf({ count: 5, edges, cycles: [{ target: 0, source: 1, reads: 4 }] }));
  expect(outside.cycles[0]!.body).toEqual([0, 1]);
  expect(outside.cycles[0]!.needs.map(({ node }) => node)).toEqual(["n4"]);
});

test("G4: include adds a node that no path passes", () => {
  const flow = flowOf({ count: 3, edges: [[0, 1]], cycles: [] });
  flow.createCycle("c").connect("n1.out", "n0.back0").maxIterations(2).include("n2").build();
  expect(analyze(flow).cycles[0]!.body).toEqual([0, 1, 2]);
});
