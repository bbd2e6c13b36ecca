import { overMemory } from "./worker-death.js";
const EVERY_MS = 25;
/** Ends workers that take more memory than they may: V8 itself counts the heap only, and no buffers. */
export class MemoryGuard {
  #limit;
  #watched = new Set();
  #timer;
  /** `limit` in bytes, for each worker. */
  constructor(limit) {
    this.#limit = limit;
  }
  /** Looks at a worker now and then. */
  watch(worker) {
    this.#watched.add(worker);
    this.#timer ??= setInterval(() => this.#look(), EVERY_MS).unref();
  }
  /** Looks no longer; without anybody to watch there is no timer. */
  leave(worker) {
    this.#watched.delete(worker);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
  #look() {
    for (const worker of this.#watched) void this.#check(worker);
  }
  async #check(worker) {
    const { starts } = worker;
    const size = await worker.memory();
    if (size === undefined || size <= this.#limit || starts !== worker.starts) return;
    if (this.#watched.has(worker)) worker.kill(overMemory(size, this.#limit));
  }
}
