/** What a batch should take at its place, in milliseconds: long enough to be worth a message. */
const AIM_MS = 2;
/** More strands in one batch save nothing any more. */
const MOST = 256;
/** How much larger the next batch may be: idle places take back what turns out to be too much. */
const GROWTH = 16;

/** How many strands go into one batch: as many as are worth a message, by what batches before it took. */
export class BatchSize {
  #grown = 1;

  /** How many of the strands that are ready go out now, to so many idle places. */
  next(ready: number, idle: number): number {
    return Math.max(1, Math.min(ready, idle * this.#grown, idle * MOST));
  }

  /** A batch of so many strands took so long. */
  took(strands: number, milliseconds: number): void {
    const fitting = Math.floor((strands * AIM_MS) / Math.max(milliseconds, 0.001));
    this.#grown = Math.max(1, Math.min(this.#grown * GROWTH, fitting, MOST));
  }
}
