import fc from "fast-check";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";

/** A graph as numbers: what the engine makes of it is compared with what follows from these alone. */
export interface Sketch {
  readonly count: number;
  /** Mostly from a lower number to a higher one. */
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly cycles: readonly CycleSketch[];
}

/** A cycle as numbers: a back edge from `source` to `target`, what its criterion reads and what it includes. */
export interface CycleSketch {
  readonly target: number;
  readonly source: number;
  readonly reads?: number | undefined;
  readonly include?: number | undefined;
}

const pass = defineNode({
  name: "pass",
  input: z.object({ in: z.any(), back0: z.any().optional(), back1: z.any().optional(), back2: z.any().optional() }),
  output: z.object({ out: z.any() }),
  run: (input) => ({ out: input.in as unknown }),
});

/** The workflow of a sketch: nodes `n0`, `n1` …, cycles `c0`, `c1` …. */
export function flowOf({ count, edges, cycles }: Sketch): Workflow {
  const flow = new Workflow("sketch");
  const nodes = Array.from({ length: count }, (_, i) => flow.addNode(`n${i}`, pass, { in: 0 }));
  nodes.forEach((node, to) => {
    const refs = edges.filter((edge) => edge[1] === to).map(([from]) => nodes[from]!.out.out);
    if (refs.length > 0) flow.connect(firstOf(...refs), node.in.in);
  });
  cycles.forEach(({ target, source, reads, include }, i) => {
    const cycle = flow.createCycle(`c${i}`).maxIterations(2);
    cycle.connect(nodes[source]!.out.out, nodes[target]!.in[`back${i}` as "back0"]);
    if (reads !== undefined) cycle.convergeWhen(nodes[reads]!.out.out, () => false);
    if (include !== undefined) cycle.include(nodes[include]!);
    cycle.build();
  });
  return flow;
}

/** Graphs of 2 to 9 nodes, rarely with a loop, with up to three cycles wherever their back edges lead. */
export const sketches: fc.Arbitrary<Sketch> = fc.integer({ min: 2, max: 9 }).chain((count) => {
  const node = fc.nat(count - 1);
  const maybe = fc.option(node, { nil: undefined, freq: 2 });
  const edge = fc
    .tuple(node, node, fc.nat(49))
    .filter(([a, b]) => a !== b)
    .map(([a, b, backwards]): [number, number] => (a < b === backwards > 0 ? [a, b] : [b, a]));
  const cycle = fc.record({
    target: node,
    source: node,
    reads: maybe,
    include: fc.option(node, { nil: undefined, freq: 1 }),
  });
  return fc.record({
    count: fc.constant(count),
    edges: fc.uniqueArray(edge, { maxLength: 14, selector: String }),
    cycles: fc.array(cycle, { maxLength: 3 }),
  });
});

/** Which nodes lead to which, each to itself as well. */
export function reachability(count: number, edges: Iterable<readonly [number, number]>): boolean[][] {
  const reach = Array.from({ length: count }, (_, a) => Array.from({ length: count }, (_unused, b) => a === b));
  for (const [a, b] of edges) reach[a]![b] = true;
  for (let via = 0; via < count; via++)
    for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) reach[a]![b] ||= reach[a]![via]! && reach[via]![b]!;
  return reach;
}
