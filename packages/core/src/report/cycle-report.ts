/** Why a cycle stopped (C5). */
export type CycleStopReason = "converged" | "max_iterations" | "timeout" | "condition" | "cancelled" | "failed";

/** What became of a cycle. */
export interface CycleReport {
  /** Completed iterations of the last time it ran. */
  readonly iterations: number;
  readonly converged: boolean;
  readonly reason: CycleStopReason;
  /** Milliseconds of the last time it ran. */
  readonly elapsedMs: number;
  /** How often it ran: more than once inside another cycle. */
  readonly runs: number;
  /** Completed iterations of all its runs. */
  readonly totalIterations: number;
}

/** Sums over all cycles of a run. */
export interface CycleMetrics {
  readonly totalIterations: number;
  /** Whether every cycle converged. */
  readonly converged: boolean;
}
