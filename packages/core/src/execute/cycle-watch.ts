import type { CyclePlan, Plan } from "../plan/plan.ts";
import type { RunResult } from "../report/run-result.ts";
import type { CycleCounts } from "./cycle-progress.ts";
import type { WorkflowError } from "./failure.ts";
import type { Outputs } from "./inputs.ts";

/** A run whose cycles are watched. */
export interface WatchedRun {
  readonly runId: string;
  readonly plan: Plan;
  /** Logs what a hook threw: it fails no run (E7). */
  readonly onError: (error: unknown) => void;
}

/** A cycle as it goes: to be read while a {@link CycleWatch} is called, not to be kept. */
export interface WatchedCycle {
  readonly plan: CyclePlan;
  /** How far it is, and why it stopped once it has. */
  readonly progress: CycleCounts;
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
  /** The same at the last look at the clock: near enough for times of iterations, and free. */
  readonly lapMs: number;
  /** Outputs by step. */
  readonly outputs: Outputs;
  /** What a step of its body keeps in `context.state`; of a map a list, one an item. */
  stateOf(step: number): unknown;
}

/** Sees the cycles of one run from inside; where a runtime has none, nothing is paid. */
export interface CycleWatch {
  /** It begins, perhaps not for the first time: a nested one begins in each iteration around it. */
  started(cycle: WatchedCycle): void;
  /** An iteration is complete, and its criterion not asked yet; what this throws fails the cycle. */
  iterated(cycle: WatchedCycle): void;
  /** It is over, and the state of its nodes still there. */
  ended(cycle: WatchedCycle): void;
  /** The run is over; what `execute` gives or throws. */
  concluded(outcome: RunResult | WorkflowError): void;
}
