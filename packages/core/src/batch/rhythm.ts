/** A cycle tells how far it is after this time, in milliseconds, then after twice of it, and so on… */
const FIRST_SILENCE_MS = 1;
/** …up to this: others may wait for its place. */
const LONGEST_SILENCE_MS = 20;

/** As many iterations as make a message cheap beside them. */
const MOST = 1000;

/** Says after which iterations a cycle tells how far it is. */
export class Rhythm {
  readonly #most: number;
  #iterations = 0;
  #silenceMs = FIRST_SILENCE_MS;
  #toldAt: number;
  readonly #now: () => number;

  /** `most` iterations pass at the most; with infinitely many it never tells. `now` gives milliseconds. */
  constructor(most: number = MOST, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#now = now;
    this.#toldAt = now();
  }

  /** Asked after each iteration; `isWanted`: somebody waits for the place. */
  isDue(isWanted: boolean): boolean {
    if (this.#most === Infinity) return false;
    const now = this.#now();
    if (!isWanted && ++this.#iterations < this.#most && now - this.#toldAt < this.#silenceMs) return false;
    this.#iterations = 0;
    this.#toldAt = now;
    this.#silenceMs = Math.min(2 * this.#silenceMs, LONGEST_SILENCE_MS);
    return true;
  }
}
