/** Numbers from 0 up to 1 that one seed always gives in the same order (mulberry32). */
export class SeededRandom {
  readonly #seed: number;
  #state: number;

  /** `seed` is any finite number. */
  constructor(seed: number) {
    this.#seed = Math.imul(seed ^ Math.floor(seed / 2 ** 32), 2654435761) >>> 0;
    this.#state = this.#seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Begins again with the first number. */
  restart(): void {
    this.#state = this.#seed;
  }
}
