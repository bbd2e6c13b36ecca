import { PolyloomError } from "@polyloom/wire";
import { MemoryGuard } from "./memory-guard.js";
import { WorkerThread } from "./worker-thread.js";
/** The workers of a runtime: who is free, who works on what, and who waits for one, in their order. */
export class Workers {
  all;
  /** The last is the next: a worker that ran lately is warm. */
  #free;
  #waiting = new Set();
  #running = new Map();
  #guard;
  /** Starts the workers that always stay. */
  constructor(settings, onLate) {
    const numbers = Array.from({ length: settings.maxWorkers }, (_, at) => at + 1);
    this.all = numbers.map((number) => new WorkerThread(number, settings, onLate));
    this.#free = this.all.toReversed();
    if (settings.memoryLimit !== undefined) this.#guard = new MemoryGuard(settings.memoryLimit);
  }
  /**
   * Has a free worker do something, and gives its answer and who it was. The key is what {@link kill} names it by.
   * @throws PolyloomError why there is no answer; the reason of a signal that is aborted before a worker is free
   */
  async run(key, signal, workFor) {
    const free = this.#free.pop() ?? this.#wait(signal);
    const worker = free instanceof Promise ? await free : free;
    const abort = () => worker.abort(signal.reason);
    signal.addEventListener("abort", abort);
    this.#running.set(key, worker);
    this.#guard?.watch(worker);
    try {
      return [await worker.send(workFor(worker)), worker];
    } finally {
      signal.removeEventListener("abort", abort);
      this.#running.delete(key);
      this.#guard?.leave(worker);
      this.#giveBack(worker);
    }
  }
  /** Has workers that are free and have no thread yet do something, so many of them at the most; faults are nobody's. */
  warm(most, work) {
    const cold = this.#free.filter(({ isUp }) => !isUp).toReversed();
    for (const worker of cold.slice(0, most)) void this.#warm(worker, work);
  }
  /** Ends the thread that works on something, by force. */
  kill(key) {
    this.#running.get(key)?.kill(new PolyloomError("cancelled", "its worker was ended, since nobody waited for it"));
  }
  /** Ends every thread, and waits for that. */
  async close() {
    await Promise.all(this.all.map((worker) => worker.close()));
  }
  async #warm(worker, work) {
    this.#free.splice(this.#free.indexOf(worker), 1);
    try {
      await worker.send(work);
    } catch {
      // whoever needs it is told
    } finally {
      this.#giveBack(worker);
    }
  }
  #giveBack(worker) {
    const [next] = this.#waiting;
    if (next === undefined) return void this.#free.push(worker);
    this.#waiting.delete(next);
    next.give(worker);
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
