import type { EventBody } from "../observe/event.ts";
import type { CyclePlan } from "../plan/plan.ts";
import type { CycleStopReason } from "../report/cycle-report.ts";
import type { CycleCounts } from "./cycle-progress.ts";

/** What observers hear when an iteration is over. */
export function iterationEvent({ name, maxIterations }: CyclePlan, { iterations }: CycleCounts): EventBody {
  return {
    type: "cycle.iteration",
    cycle: name,
    iteration: iterations,
    maxIterations: maxIterations === Infinity ? undefined : maxIterations,
  };
}

/** What observers hear when a cycle is over. */
export function endEvent({ name }: CyclePlan, counts: CycleCounts, reason: CycleStopReason): EventBody {
  const { iterations, elapsedMs } = counts;
  return { type: "cycle.ended", cycle: name, iterations, converged: reason === "converged", reason, elapsedMs };
}
