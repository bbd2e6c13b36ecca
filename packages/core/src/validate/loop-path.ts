import { lazyRequire } from "../lazy-require.ts";
import type { Units } from "./contract.ts";
import { directedGraph } from "./graph-library.ts";

/** One loop among units that cannot be ordered, its first unit repeated at the end. */
export function loopPath({ count, edges }: Units): number[] {
  const self = edges.from.findIndex((from, i) => from === edges.to[i]);
  if (self >= 0) return [edges.from[self]!, edges.from[self]!];
  const graph = directedGraph(count, edges.from, edges.to);
  const { stronglyConnectedComponents } = lazyRequire<typeof import("graphology-components")>("graphology-components");
  const component = new Set(stronglyConnectedComponents(graph).find((each) => each.length > 1) ?? []);
  const path: string[] = [];
  // Every node of a component has a successor in it, so a walk that stays inside comes back to where it was.
  for (let node = [...component].toSorted((a, b) => Number(a) - Number(b))[0]; node !== undefined;) {
    const seen = path.indexOf(node);
    path.push(node);
    if (seen >= 0) return path.slice(seen).map(Number);
    node = graph.outNeighbors(node).find((next) => component.has(next));
  }
  return [];
}
