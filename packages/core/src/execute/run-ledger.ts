import type { Step } from "../plan/plan.ts";
import type { Failure } from "./failure.ts";

/** When something ran on the run's clock, and for how long, in milliseconds; zeros where no times are kept. */
export type Times = readonly [startedAt: number, durationMs: number];

/** Is told what becomes of steps and cycles, for whoever follows a run from elsewhere. */
export interface RunLedger {
  completed(step: Step, values: Readonly<Record<string, unknown>>, times: Times): void;
  failed(step: Step, failure: Failure, iteration: number, times: Times): void;
  skipped(step: Step): void;
  cancelled(step: Step, iteration: number, times: Times): void;
  /** A cycle failed by itself, not by a node. */
  cycleFailed(cycle: number, failure: Failure): void;
  /** A cycle completed an iteration and goes on; says whether it goes on here. */
  cycleIterated(cycle: number): boolean;
  /** A cycle outside all others is done with. */
  cycleSettled(cycle: number): void;
}
