import { getHeapStatistics, type HeapInfo } from "node:v8";
import type { Worker } from "node:worker_threads";

/** How much a thread may use, and what V8 is told that it may. */
export interface MemoryLimit {
  /** Bytes at which a thread is ended. */
  readonly mostBytes: number;
  /** Whether buffers count as well as the heap. */
  readonly countsBuffers: boolean;
  /** V8's own limit in MB. */
  readonly heapMB: number;
}

const MB = 2 ** 20;
const EVERY_MS = 20;
// V8 ends the whole process where one array or map outgrows its limit by more than 16 MB. So its limit is far
// above ours, which is looked after from outside.
const HEADROOM_MB = 1024;

/** The limit for a thread of so many MB; what V8 takes for the machine where that is open. */
export function memoryLimit(memoryMB: number | undefined): MemoryLimit {
  const most = memoryMB ?? Math.floor(getHeapStatistics().heap_size_limit / MB);
  return { mostBytes: most * MB, countsBuffers: memoryMB !== undefined, heapMB: 2 * most + HEADROOM_MB };
}

/** Looks at a thread's memory while it works, also while it is in the middle of a call. */
export class MemoryWatch {
  readonly #worker: Worker;
  readonly #limit: MemoryLimit;
  readonly #isBusy: () => boolean;
  readonly #exceeded: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(worker: Worker, limit: MemoryLimit, isBusy: () => boolean, exceeded: () => void) {
    this.#worker = worker;
    this.#limit = limit;
    this.#isBusy = isBusy;
    this.#exceeded = exceeded;
  }

  /** Begins to look, until the thread is no longer busy. */
  start(): void {
    this.#timer ??= setTimeout(() => void this.#look(), EVERY_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    // Rejects where the thread has ended, which is told elsewhere.
    const heap = await this.#worker.getHeapStatistics().catch(() => undefined);
    this.#timer = undefined;
    if (heap === undefined || !this.#isBusy()) return;
    if (this.#usedBytes(heap) > this.#limit.mostBytes) this.#exceeded();
    else this.start();
  }

  #usedBytes(heap: HeapInfo): number {
    return heap.used_heap_size + (this.#limit.countsBuffers ? heap.external_memory : 0);
  }
}
