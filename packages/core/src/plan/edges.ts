import { adjacency } from "../validate/acyclic.ts";
import type { Edges } from "../validate/draft.ts";
import type { CyclePlan, Plan, SourcePlan, Step } from "./plan.ts";

/** The steps that a source reads. */
export function stepsOf(source: SourcePlan): readonly number[] {
  if (source.kind === "reference") return [source.step];
  if (source.kind === "first") return source.of.map(({ step }) => step);
  if (source.kind === "template") return source.entries.flatMap(([, each]) => stepsOf(each));
  return [];
}

/** Which step waits for which: for what it reads, for its gates, and a cycle for what its criterion reads outside. */
export function edgesOf(steps: readonly Step[], cycles: readonly CyclePlan[]): Edges {
  const edges: Edges = { from: [], to: [] };
  const add = (from: number, to: number): void => {
    edges.from.push(from);
    edges.to.push(to);
  };
  for (const { index, inputs, gates } of steps) {
    for (const { connection } of inputs)
      if (connection?.kind === "reference") add(connection.step, index);
      else if (connection) for (const step of stepsOf(connection)) add(step, index);
    for (const gate of gates) add(gate, index);
  }
  for (const cycle of cycles) for (const step of needsOf(cycle)) add(step, cycle.steps[0]!);
  return edges;
}

/** Steps outside a cycle that its criterion or condition reads. */
function needsOf({ criterion, condition, steps }: CyclePlan): number[] {
  const body = new Set(steps);
  const sources = condition ? [condition.source] : [];
  if (criterion?.kind === "predicate") sources.push(criterion.source);
  else if (criterion) sources.push(...criterion.sources.values());
  return sources.flatMap(stepsOf).filter((step) => !body.has(step));
}

/** Edges by source, each pair of units once. */
export function withoutRepeats(count: number, { from, to }: Edges): Plan["next"] {
  const into = adjacency(count, to, from);
  const last = new Int32Array(count).fill(-1);
  const once: Edges = { from: [], to: [] };
  for (let unit = 0; unit < count; unit++)
    for (let e = into.start[unit]!; e < into.start[unit + 1]!; e++) {
      const source = into.targets[e]!;
      if (last[source] === unit) continue;
      last[source] = unit;
      once.from.push(source);
      once.to.push(unit);
    }
  return adjacency(count, once.from, once.to);
}
