import type { BatchOrder } from "./order.ts";
import type { BatchEnd } from "./report.ts";
import type { ReportPortion } from "./report-portion.ts";

/** Fused nodes on their way to a place: one message there, reports in portions back. */
export interface Batch {
  /** All that the place needs, as structured clone carries it. */
  readonly order: BatchOrder;
  /** Words on shared memory, for `performBatch` at the place. */
  readonly control: Int32Array;
  /** Buffers in the order that may be moved: nobody here reads them any more. */
  readonly transfer: readonly ArrayBuffer[];
  /** Takes what the place tells, in its order; all of it before the batch ends. `where` it is, for people. */
  deliver(portion: ReportPortion, where?: string): void;
}

/** Where batches run: what a runtime offers to a run. */
export interface BatchPlace {
  /** Batches at once. */
  readonly workers: number;
  /** Items in one batch of a map that does not say. Default: four batches a worker. */
  readonly chunkSize?: number | undefined;
  /** Most iterations of a cycle before its place tells how far it is. */
  readonly cycleBatchSize?: number | undefined;
  /** `signal`: nothing more of it is wanted. */
  perform(batch: Batch, signal: AbortSignal): PromiseLike<BatchEnd>;
  /** The batch is not waited for any longer: ends it by force, where it can. */
  preempt(batch: Batch): void;
}
