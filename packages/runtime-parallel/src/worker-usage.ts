import { estimateBytes } from "@polyloom/wire";

/** What one worker of a {@link ParallelRuntime} did so far. */
export interface WorkerMetrics {
  /** Counts from 1. */
  readonly worker: number;
  /** How often its thread was started. */
  readonly starts: number;
  /** Messages that it was given: an attempt at a node, or fused nodes. */
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

/** Counts what one worker does. */
export class WorkerUsage {
  readonly worker: number;
  /** Memory that the thread writes its busy time into, in milliseconds, as one Float64. */
  readonly busy: SharedArrayBuffer = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  #starts = 0;
  #tasks = 0;
  #roundTripMs = 0;
  #bytesSent = 0;
  #bytesReceived = 0;

  /** `worker` is its number. */
  constructor(worker: number) {
    this.worker = worker;
  }

  get starts(): number {
    return this.#starts;
  }

  started(): void {
    this.#starts++;
  }

  /** Something was sent there and came back; `isTask` unless that was no work of a run. */
  answered(roundTripMs: number, isTask: boolean): void {
    this.#roundTripMs += roundTripMs;
    if (isTask) this.#tasks++;
  }

  /** Counts values that go there. */
  sent(values: unknown): void {
    this.#bytesSent += estimateBytes(values);
  }

  /** Counts values that came back. */
  received(values: unknown): void {
    this.#bytesReceived += estimateBytes(values);
  }

  /** All of it so far. */
  metrics(): WorkerMetrics {
    const busyMs = new Float64Array(this.busy)[0]!;
    return {
      worker: this.worker,
      starts: this.#starts,
      tasks: this.#tasks,
      busyMs,
      waitMs: Math.max(0, this.#roundTripMs - busyMs),
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }
}
