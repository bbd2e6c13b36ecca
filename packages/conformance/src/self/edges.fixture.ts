import type { Plan } from "@polyloom/core/runtime";

/** An edge of a plan, from a unit to one that waits for it. */
export type Edge = readonly [from: number, to: number];

/** The edges of a plan. */
export function edgesOf({ next: { start, targets }, waits }: Plan): Edge[] {
  return Array.from(waits, (_, from) =>
    [...targets.subarray(start[from]!, start[from + 1]!)].map((to) => [from, to] as const),
  ).flat();
}

/** The same plan with other edges. */
export function withEdges(plan: Plan, edges: readonly Edge[]): Plan {
  const count = plan.waits.length;
  const lists = Array.from({ length: count }, (_, unit) => edges.filter(([from]) => from === unit).map(([, to]) => to));
  const start = new Int32Array(count + 1);
  lists.forEach((list, unit) => (start[unit + 1] = start[unit]! + list.length));
  const waits = new Int32Array(count);
  for (const [, to] of edges) waits[to]!++;
  return { ...plan, waits, next: { start, targets: Int32Array.from(lists.flat()) } };
}

/** How far each unit of the workflow itself is from its beginning. */
export function levelsOf(plan: Plan): Map<number, number> {
  const edges = edgesOf(plan);
  const levels = new Map<number, number>();
  const levelOf = (unit: number): number => {
    const known = levels.get(unit);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...edges.filter(([, to]) => to === unit).map(([from]) => levelOf(from))) + 1;
    levels.set(unit, level);
    return level;
  };
  for (const unit of plan.units) levelOf(unit);
  return levels;
}
