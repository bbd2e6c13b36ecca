import type { Units } from "./contract.ts";

/** Edges by their source: `targets` from `start[n]` to `start[n + 1]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly targets: Int32Array;
}

/** Sorts edges by source, in linear time. */
export function adjacency(count: number, from: ArrayLike<number>, to: ArrayLike<number>): Adjacency {
  const start = new Int32Array(count + 1);
  for (let i = 0; i < from.length; i++) start[from[i]! + 1]!++;
  for (let n = 0; n < count; n++) start[n + 1]! += start[n]!;
  const next = start.slice(0, count);
  const targets = new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) targets[next[from[i]!]!++] = to[i]!;
  return { start, targets };
}

/** Whether every unit can be ordered (Kahn's algorithm). */
export function isAcyclic({ count, edges }: Units): boolean {
  const { start, targets } = adjacency(count, edges.from, edges.to);
  const waits = new Int32Array(count);
  for (const target of targets) waits[target]!++;
  const ready: number[] = [];
  for (let n = 0; n < count; n++) if (waits[n] === 0) ready.push(n);
  for (let i = 0; i < ready.length; i++)
    for (let e = start[ready[i]!]!; e < start[ready[i]! + 1]!; e++)
      if (--waits[targets[e]!]! === 0) ready.push(targets[e]!);
  return ready.length === count;
}
