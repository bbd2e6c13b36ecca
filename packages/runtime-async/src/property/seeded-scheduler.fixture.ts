/** Lets asynchronous work settle in a random order that a seed decides: one piece each turn of the event loop. */
export class SeededScheduler {
  #state: number;
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** One seed gives one order. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Does the work in a later turn. */
  later<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error as Error);
        }
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const [work] = this.#waiting.splice(this.#below(this.#waiting.length), 1);
      work?.();
      this.#schedule();
    });
  }

  /** A whole number from 0 up to the limit (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }
}
