import type { Clock } from "./clock.ts";

/** Longest time without a turn of the event loop, in milliseconds (K5). */
const LONGEST_MS = 10;

/** Gives the event loop its turns: timers, signals and readers of `stream()` get theirs. */
export class Turns {
  readonly #clock: Clock;
  readonly #resume: () => void;
  // The event loop runs on real time, also where the run's own clock is virtual; Date.now is the cheapest look at it.
  #last = Date.now();
  #scheduled = false;
  #stopped = false;

  /** `resume` goes on after a turn. */
  constructor(clock: Clock, resume: () => void) {
    this.#clock = clock;
    this.#resume = resume;
  }

  /** Whether a turn is under way. */
  get scheduled(): boolean {
    return this.#scheduled;
  }

  /** Whether a turn is due; it is then scheduled. */
  due(): boolean {
    if (this.#scheduled) return true;
    if (Date.now() - this.#last < LONGEST_MS) return false;
    this.#scheduled = true;
    this.#clock.turn(() => this.#done());
    return true;
  }

  stop(): void {
    this.#stopped = true;
  }

  #done(): void {
    this.#scheduled = false;
    this.#last = Date.now();
    if (!this.#stopped) this.#resume();
  }
}
