import type { BatchOrder } from "./order.ts";
import type { BatchEnd, Report } from "./report.ts";

/** Fused nodes on their way to a place: one message there, reports in portions back. */
export interface Batch {
  /** All that the place needs, as structured clone carries it. */
  readonly order: BatchOrder;
  /** Words on shared memory, for `performBatch` at the place. */
  readonly control: Int32Array;
  /** Takes what the place tells, in its order; all of it before the batch ends. */
  deliver(reports: readonly Report[]): void;
}

/** Where batches run: what a runtime offers to a run. */
export interface BatchPlace {
  /** Batches at once. */
  readonly workers: number;
  perform(batch: Batch): PromiseLike<BatchEnd>;
  /** Tells nodes that wait to stop. */
  abort(batch: Batch): void;
  /** The batch is not waited for any longer: ends it by force, where it can. */
  preempt(batch: Batch): void;
}
