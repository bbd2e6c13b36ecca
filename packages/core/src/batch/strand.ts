import type { Plan } from "../plan/plan.ts";

/** What of a run decides how far a strand goes. */
export interface Progress {
  /** Whether a unit may be fused, and everything is alive that has to be for it to run. */
  isFusible(unit: number): boolean;
  /** For how many units a unit still waits. */
  pendingOf(unit: number): number;
}

/** A unit that is ready, and what follows it without anything else to wait for: a linear chain. */
export function strandFrom(root: number, plan: Plan, progress: Progress): number[] {
  const strand = [root];
  for (let tail: number | undefined = root; isStep(plan, tail);) {
    tail = followerOf(tail, plan, progress);
    if (tail === undefined) break;
    strand.push(tail);
  }
  return strand;
}

/** The only unit that waits for another, if it waits for nothing else. */
function followerOf(unit: number, { next, steps }: Plan, progress: Progress): number | undefined {
  const { start, targets } = next;
  if (start[unit + 1]! - start[unit]! !== 1) return undefined;
  const follower = targets[start[unit]!]!;
  if (follower >= steps.length || !progress.isFusible(follower)) return undefined;
  return progress.pendingOf(follower) === 1 ? follower : undefined;
}

function isStep(plan: Plan, unit: number): boolean {
  return unit < plan.steps.length;
}
