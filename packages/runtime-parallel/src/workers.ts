import type { WorkerSettings } from "./parallel-options.ts";
import { type OnLate, WorkerThread } from "./worker-thread.ts";

interface Waiting {
  readonly give: (worker: WorkerThread) => void;
}

/** The workers of a runtime: who is free, and who waits for one, in their order. */
export class Workers {
  readonly all: readonly WorkerThread[];
  /** The last is the next: a worker that ran lately is warm. */
  readonly #free: WorkerThread[];
  readonly #waiting: Set<Waiting> = new Set();

  /** Starts the workers that always stay. */
  constructor(settings: WorkerSettings, onLate: OnLate) {
    const numbers = Array.from({ length: settings.maxWorkers }, (_, at) => at + 1);
    this.all = numbers.map((number) => new WorkerThread(number, settings, onLate));
    this.#free = this.all.toReversed();
  }

  /**
   * A free worker, at once where there is one; it has to be given back.
   * @throws the reason of the signal that is aborted while one is waited for
   */
  take(signal: AbortSignal): WorkerThread | Promise<WorkerThread> {
    return this.#free.pop() ?? this.#wait(signal);
  }

  /** Takes free workers that have no thread yet, as many as that at the most. */
  takeCold(most: number): readonly WorkerThread[] {
    const cold = this.#free
      .filter(({ isUp }) => !isUp)
      .toReversed()
      .slice(0, most);
    for (const worker of cold) this.#free.splice(this.#free.indexOf(worker), 1);
    return cold;
  }

  giveBack(worker: WorkerThread): void {
    const [next] = this.#waiting;
    if (next === undefined) return void this.#free.push(worker);
    this.#waiting.delete(next);
    next.give(worker);
  }

  /** Ends every thread, and waits for that. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.close()));
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
