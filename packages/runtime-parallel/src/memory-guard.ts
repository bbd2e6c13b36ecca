import { overMemory } from "./worker-death.ts";
import type { WorkerThread } from "./worker-thread.ts";

const EVERY_MS = 25;

/** Ends workers that take more memory than they may: V8 itself counts the heap only, and no buffers. */
export class MemoryGuard {
  readonly #limit: number;
  readonly #watched: Set<WorkerThread> = new Set();
  #timer: NodeJS.Timeout | undefined;

  /** `limit` in bytes, for each worker. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Looks at a worker now and then. */
  watch(worker: WorkerThread): void {
    this.#watched.add(worker);
    this.#timer ??= setInterval(() => this.#look(), EVERY_MS).unref();
  }

  /** Looks no longer; without anybody to watch there is no timer. */
  leave(worker: WorkerThread): void {
    this.#watched.delete(worker);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const worker of this.#watched) void this.#check(worker);
  }

  async #check(worker: WorkerThread): Promise<void> {
    const { starts } = worker.usage;
    const size = await worker.memory();
    if (size === undefined || size <= this.#limit || starts !== worker.usage.starts) return;
    if (this.#watched.has(worker)) worker.kill(overMemory(size, this.#limit));
  }
}
