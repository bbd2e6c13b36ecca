/** What one worker of a {@link ParallelRuntime} did so far. */
export interface WorkerMetrics {
  /** Counts from 1. */
  readonly worker: number;
  /** How often its thread was started. */
  readonly starts: number;
  /** Attempts that it was given. */
  readonly tasks: number;
  /** Milliseconds that it was at work. */
  readonly busyMs: number;
  /** Milliseconds that its work waited: for its thread to start, and on the way there and back. */
  readonly waitMs: number;
  /** Bytes of inputs, at least, and where metrics are collected. */
  readonly bytesSent: number;
  /** Bytes of outputs, at least, and where metrics are collected. */
  readonly bytesReceived: number;
}
