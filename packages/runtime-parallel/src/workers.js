import { WorkerThread } from "./worker-thread.js";
/** The workers of a runtime: who is free, and who waits for one, in their order. */
export class Workers {
  all;
  /** The last is the next: a worker that ran lately is warm. */
  #free;
  #waiting = new Set();
  /** Starts the workers that always stay. */
  constructor(settings, onLate) {
    const numbers = Array.from({ length: settings.maxWorkers }, (_, at) => at + 1);
    this.all = numbers.map((number) => new WorkerThread(number, settings, onLate));
    this.#free = this.all.toReversed();
  }
  /**
   * A free worker, at once where there is one; it has to be given back.
   * @throws the reason of the signal that is aborted while one is waited for
   */
  take(signal) {
    return this.#free.pop() ?? this.#wait(signal);
  }
  /** Takes free workers that have no thread yet, as many as that at the most. */
  takeCold(most) {
    const cold = this.#free
      .filter(({ isUp }) => !isUp)
      .toReversed()
      .slice(0, most);
    for (const worker of cold) this.#free.splice(this.#free.indexOf(worker), 1);
    return cold;
  }
  giveBack(worker) {
    const [next] = this.#waiting;
    if (next === undefined) return void this.#free.push(worker);
    this.#waiting.delete(next);
    next.give(worker);
  }
  /** Ends every thread, and waits for that. */
  async close() {
    await Promise.all(this.all.map((worker) => worker.close()));
  }
  #wait(signal) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const waiting = { give: resolve };
    const leave = () => {
      this.#waiting.delete(waiting);
      reject(signal.reason);
    };
    this.#waiting.add(waiting);
    signal.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }
}
