import type { Edges } from "./draft.ts";

/** Which scope each node and cycle belongs to; a scope is a cycle's number, or -1 for the workflow itself. */
export interface Nesting {
  /** The innermost cycle of each node. */
  readonly scopeOf: Int32Array;
  /** The cycle around each cycle. */
  readonly parentOf: Int32Array;
}

/** Nodes and cycles as units, with the edges between units of one scope: `count` nodes first, then the cycles. */
export interface Units {
  readonly count: number;
  readonly edges: Edges;
}

/** Contracts bodies: an edge joins the two units, of the innermost scope that holds both its ends, which contain them. */
export function contract(nodeCount: number, { from, to }: Edges, { scopeOf, parentOf }: Nesting): Units {
  const count = nodeCount + parentOf.length;
  if (parentOf.length === 0) return { count, edges: { from, to } };
  const edges: Edges = { from: [], to: [] };
  const depth = depths(parentOf);
  for (let i = 0; i < from.length; i++) {
    let [a, b] = [from[i]!, to[i]!];
    let [scopeA, scopeB] = [scopeOf[a]!, scopeOf[b]!];
    while (scopeA !== scopeB) {
      if ((depth[scopeA] ?? 0) >= (depth[scopeB] ?? 0)) [a, scopeA] = [nodeCount + scopeA, parentOf[scopeA]!];
      else [b, scopeB] = [nodeCount + scopeB, parentOf[scopeB]!];
    }
    edges.from.push(a);
    edges.to.push(b);
  }
  return { count, edges };
}

/** Depth of each cycle, from 1; the workflow itself, at -1, reads as `undefined` and so as 0. */
function depths(parentOf: Int32Array): number[] {
  const depth: number[] = [];
  const of = (cycle: number): number => (cycle < 0 ? 0 : (depth[cycle] ??= 1 + of(parentOf[cycle]!)));
  for (let cycle = 0; cycle < parentOf.length; cycle++) of(cycle);
  return depth;
}
