import { PolyloomError } from "@polyloom/wire";
import { MemoryGuard } from "./memory-guard.ts";
import type { Answer, Work } from "./message.ts";
import type { WorkerSettings } from "./parallel-options.ts";
import { type OnLate, type Sending, WorkerThread } from "./worker-thread.ts";

interface Waiting {
  readonly give: (worker: WorkerThread) => void;
}

/** The workers of a runtime: who is free, who works on what, and who waits for one, in their order. */
export class Workers {
  readonly all: readonly WorkerThread[];
  /** The last is the next: a worker that ran lately is warm. */
  readonly #free: WorkerThread[];
  readonly #waiting: Set<Waiting> = new Set();
  readonly #running: Map<object, WorkerThread> = new Map();
  readonly #guard: MemoryGuard | undefined;

  /** Starts the workers that always stay. */
  constructor(settings: WorkerSettings, onLate: OnLate) {
    const numbers = Array.from({ length: settings.maxWorkers }, (_, at) => at + 1);
    this.all = numbers.map((number) => new WorkerThread(number, settings, onLate));
    this.#free = this.all.toReversed();
    if (settings.memoryLimit !== undefined) this.#guard = new MemoryGuard(settings.memoryLimit);
  }

  /**
   * Has a free worker do something, and gives its answer and who it was. The key is what {@link kill} names it by.
   * @throws PolyloomError why there is no answer; the reason of a signal that is aborted before a worker is free
   */
  async run<A extends Answer>(
    key: object,
    signal: AbortSignal,
    sendingTo: (worker: WorkerThread) => Sending,
  ): Promise<readonly [answer: A, worker: WorkerThread]> {
    const free = this.#free.pop() ?? this.#wait(signal);
    const worker = free instanceof Promise ? await free : free;
    const abort = (): void => worker.abort(signal.reason);
    signal.addEventListener("abort", abort);
    this.#running.set(key, worker);
    this.#guard?.watch(worker);
    try {
      return [(await worker.send(sendingTo(worker))) as A, worker];
    } finally {
      signal.removeEventListener("abort", abort);
      this.#running.delete(key);
      this.#guard?.leave(worker);
      this.#giveBack(worker);
    }
  }

  /**
   * Those of some buffers that may be moved now: none while anything waits to be sent, which might be a copy of them.
   */
  movable(buffers: readonly ArrayBuffer[]): readonly ArrayBuffer[] {
    if (buffers.length === 0) return buffers;
    return this.#waiting.size > 0 || this.all.some(({ holdsUnsent }) => holdsUnsent) ? [] : buffers;
  }

  /** Has workers that are free and have no thread yet do something, so many of them at the most; faults are nobody's. */
  warm(most: number, work: Work): void {
    const cold = this.#free.filter(({ isUp }) => !isUp).toReversed();
    for (const worker of cold.slice(0, most)) void this.#warm(worker, work);
  }

  /** Ends the thread that works on something, by force. */
  kill(key: object): void {
    this.#running.get(key)?.kill(new PolyloomError("cancelled", "its worker was ended, since nobody waited for it"));
  }

  /** Ends every thread, and waits for that. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.close()));
  }

  async #warm(worker: WorkerThread, work: Work): Promise<void> {
    this.#free.splice(this.#free.indexOf(worker), 1);
    try {
      await worker.send({ work });
    } catch {
      // whoever needs it is told
    } finally {
      this.#giveBack(worker);
    }
  }

  #giveBack(worker: WorkerThread): void {
    const [next] = this.#waiting;
    if (next === undefined) return void this.#free.push(worker);
    this.#waiting.delete(next);
    next.give(worker);
  }

  #wait(signal: AbortSignal): Promise<WorkerThread> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkerThread>();
    const waiting = { give: resolve };
    const leave = (): void => {
      this.#waiting.delete(waiting);
      reject(signal.reason as Error);
    };
    this.#waiting.add(waiting);
    signal.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }
}
