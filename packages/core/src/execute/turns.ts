import type { Clock } from "./clock.ts";

/** Longest time without a turn of the event loop, in milliseconds (K5). */
const LONGEST_MS = 10;
/** Looks at the clock further apart than this many activations would notice a slow node too late. */
const LONGEST_STRIDE = 4;

/** Gives the event loop its turns: timers, signals and readers of `stream()` get theirs. */
export class Turns {
  readonly #clock: Clock;
  readonly #resume: () => void;
  // The event loop runs on real time, also where the run's own clock is virtual; Date.now is the cheapest look at it.
  #lastTurn = Date.now();
  #lastLook = this.#lastTurn;
  #stride = 1;
  #untilLook = 0;
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

  /** Whether a turn is due; it is then scheduled. Asked before each activation. */
  due(): boolean {
    if (this.#scheduled) return true;
    if (--this.#untilLook > 0) return false;
    const now = Date.now();
    this.#look(now);
    // A clock that was set back says nothing about the last turn: take one.
    if (now >= this.#lastTurn && now - this.#lastTurn < LONGEST_MS) return false;
    this.#scheduled = true;
    this.#clock.turn(() => this.#done());
    return true;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A look costs as much as a small node: it is taken less often while nodes are quick, and each time once one is slow. */
  #look(now: number): void {
    this.#stride = Math.abs(now - this.#lastLook) < 1 ? Math.min(this.#stride * 2, LONGEST_STRIDE) : 1;
    this.#lastLook = now;
    this.#untilLook = this.#stride;
  }

  #done(): void {
    this.#scheduled = false;
    this.#lastTurn = this.#lastLook = Date.now();
    if (!this.#stopped) this.#resume();
  }
}
