import { type CycleSpec, referencesInCycle } from "../define/cycle.ts";
import { rootsOf } from "../define/expression.ts";
import { referencesOf } from "../define/source.ts";
import type { Nesting } from "./contract.ts";
import { directedGraph, reachable } from "./graph-library.ts";
import type { IssueList } from "./issue.ts";
import { didYouMean } from "../define/nearest.ts";
import type { Draft, Edges } from "./draft.ts";

/** Finds the body of each cycle (G4), and how bodies nest. */
export function findBodies(
  draft: Draft,
  edges: Edges,
  cycles: readonly CycleSpec[],
  list: IssueList,
): { bodies: number[][]; nesting: Nesting } {
  const count = draft.entries.length;
  if (cycles.length === 0)
    return { bodies: [], nesting: { scopeOf: new Int32Array(count).fill(-1), parentOf: new Int32Array(0) } };
  const graph = directedGraph(count, edges.from, edges.to);
  const bodies = cycles.map((spec) => bodyOf(draft, spec, graph, list));
  checkNesting(bodies, cycles, draft, list);
  return { bodies, nesting: nest(count, bodies) };
}

function bodyOf(
  { indexOf }: Draft,
  spec: CycleSpec,
  graph: ReturnType<typeof directedGraph>,
  list: IssueList,
): number[] {
  const numbers = (ids: Iterable<string | null>): number[] =>
    [...ids].flatMap((id) => (id === null ? [] : (indexOf.get(id) ?? [])));
  const targets = numbers(spec.feedback.map((each) => each.node));
  const sources = numbers(spec.feedback.flatMap((each) => referencesOf(each.from).map(({ node }) => node)));
  const ahead = reachable(graph, targets, "out");
  const named = spec.criterion?.kind === "expression" ? rootsOf(spec.criterion.text) : [];
  const reads = [...referencesInCycle(spec).map(({ node }) => node), ...named];
  const read = numbers(reads).filter((node) => ahead.has(node));
  const behind = reachable(graph, [...sources, ...read], "in");
  const body = new Set([...ahead].filter((node) => behind.has(node)));
  for (const id of spec.include) {
    const index = indexOf.get(id);
    if (index !== undefined) body.add(index);
    else
      list.add({
        code: "unknown_node",
        place: `cycle ${spec.name}`,
        message: `include names "${id}", which is no node`,
        remedy: didYouMean(id, indexOf.keys()) || "add the node first",
      });
  }
  checkBack(spec, sources, ahead, list);
  for (const index of [...targets, ...sources]) body.add(index);
  return [...body].toSorted((a, b) => a - b);
}

function checkBack(spec: CycleSpec, sources: readonly number[], ahead: ReadonlySet<number>, list: IssueList): void {
  if (sources.length > 0 && sources.every((source) => ahead.has(source))) return;
  list.add({
    code: "cycle_empty",
    place: `cycle ${spec.name}`,
    message: `a feedback of cycle "${spec.name}" closes no loop: no path leads from where it arrives to where it comes from`,
    remedy: "feed an output back to a node that it depends on",
  });
}

function checkNesting(
  bodies: readonly number[][],
  cycles: readonly CycleSpec[],
  { entries }: Draft,
  list: IssueList,
): void {
  bodies.forEach((a, i) => {
    bodies.slice(i + 1).forEach((b, offset) => {
      const [first, second] = [cycles[i]!.name, cycles[i + 1 + offset]!.name];
      const common = a.filter((node) => b.includes(node));
      if (common.length === 0 || (common.length === Math.min(a.length, b.length) && a.length !== b.length)) return;
      const ids = (body: readonly number[]): string => body.map((node) => entries[node]!.id).join(", ");
      const equal = a.length === b.length && common.length === a.length;
      list.add({
        code: "cycle_overlap",
        place: `cycle ${first}`,
        message: equal
          ? `cycles "${first}" and "${second}" have the same body (${ids(a)})`
          : `cycles "${first}" (${ids(a)}) and "${second}" (${ids(b)}) share ${ids(common)}, and neither contains the other`,
        expected: "bodies that are nested or disjoint",
        remedy: equal ? "put both feedbacks into one cycle" : `merge them, or nest one in the other with .include(…)`,
      });
    });
  });
}

function nest(count: number, bodies: readonly number[][]): Nesting {
  const bySize = bodies.map((_, index) => index).toSorted((a, b) => bodies[b]!.length - bodies[a]!.length);
  const scopeOf = new Int32Array(count).fill(-1);
  const parentOf = new Int32Array(bodies.length).fill(-1);
  // Largest first: what a body's node belonged to until now is the cycle around it.
  for (const cycle of bySize) {
    parentOf[cycle] = scopeOf[bodies[cycle]![0]!] ?? -1;
    for (const node of bodies[cycle]!) scopeOf[node] = cycle;
  }
  return { scopeOf, parentOf };
}
