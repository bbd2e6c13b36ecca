import type { DirectedGraph } from "graphology";
import { lazyRequire } from "../lazy-require.ts";

/** Builds the graph that validation and pictures look at; graphology is loaded here, and nowhere on the path that runs. */
export function directedGraph(count: number, from: ArrayLike<number>, to: ArrayLike<number>): DirectedGraph {
  const { DirectedGraph: Graph } = lazyRequire<typeof import("graphology")>("graphology");
  const graph = new Graph();
  for (let n = 0; n < count; n++) graph.addNode(n);
  for (let i = 0; i < from.length; i++) graph.mergeDirectedEdge(from[i]!, to[i]!);
  return graph;
}

/** The nodes that can be reached from any of `starts`, themselves included, along edges or against them. */
export function reachable(graph: DirectedGraph, starts: Iterable<number>, direction: "out" | "in"): Set<number> {
  const found = new Set(starts);
  for (const node of found) {
    const visit = (next: string): void => void found.add(Number(next));
    if (direction === "out") graph.forEachOutNeighbor(node, visit);
    else graph.forEachInNeighbor(node, visit);
  }
  return found;
}
