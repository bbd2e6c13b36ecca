import type { ReportPortion } from "./report-portion.ts";

/** How a batch is reached while it runs, at its place. */
export interface BatchLine {
  /** The words that host and place share. */
  readonly control: Int32Array;
  /** Aborted when the host wants nothing more of it. */
  readonly signal: AbortSignal;
  /** Takes what is told, in its order; `buffers` in it may be moved. */
  tell(portion: ReportPortion, buffers: readonly ArrayBuffer[]): void;
}
