/** A cycle tells how far it is after this time at the latest, in milliseconds: others may wait for its place. */
const LONGEST_SILENCE_MS = 20;

/** Says after which iterations a cycle tells how far it is. */
export class Rhythm {
  readonly #most: number;
  #iterations = 0;
  #toldAt: number;

  /** `most` iterations pass at the most; without a number it never tells. */
  constructor(most: number | undefined) {
    this.#most = most ?? Infinity;
    this.#toldAt = performance.now();
  }

  /** Asked after each iteration. */
  isDue(): boolean {
    if (this.#most === Infinity) return false;
    if (++this.#iterations < this.#most && performance.now() - this.#toldAt < LONGEST_SILENCE_MS) return false;
    this.#iterations = 0;
    this.#toldAt = performance.now();
    return true;
  }
}
