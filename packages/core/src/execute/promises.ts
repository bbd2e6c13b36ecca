import type { Run } from "./run.ts";

/** Who waits for what a promise gives. */
export interface Waiter<T> {
  /** Whether nobody wants it any more: what comes then is dropped, and counted. */
  isOver(): boolean;
  next(value: T): void;
  failed(error: unknown): void;
}

/** The promises that a run waits for: when one has settled, its waiter goes on, and the run with it. */
export class Promises {
  readonly #run: Run;
  readonly #waiters: Set<Waiter<never>> = new Set();

  /** One for each run. */
  constructor(run: Run) {
    this.#run = run;
  }

  /** Whether nothing that somebody wants can still come. */
  get idle(): boolean {
    return [...this.#waiters].every((waiter) => waiter.isOver());
  }

  follow<T>(promise: PromiseLike<T>, waiter: Waiter<T>): void {
    this.#waiters.add(waiter);
    promise.then(
      (value) => this.#settle(waiter, () => waiter.next(value)),
      (error: unknown) => this.#settle(waiter, () => waiter.failed(error)),
    );
  }

  #settle(waiter: Waiter<never>, goOn: () => void): void {
    this.#waiters.delete(waiter);
    this.#run.guard(() => (waiter.isOver() ? this.#run.dropLate() : goOn()));
    this.#run.pump();
  }
}
