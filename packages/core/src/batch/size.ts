/** What a batch should take at its place, in milliseconds: long enough to be worth a message. */
const AIM_MS = 2;
/** More strands in one batch save nothing any more. */
const MOST = 256;
/** How much larger the next batch may be. */
const GROWTH = 4;

/** How many strands go into one batch: guided self-scheduling (Polychronopoulos and Kuck, 1987), tamed by what batches took. */
export class BatchSize {
  #grown = 1;

  /** The size of the next batch, of so many strands that are ready, for so many workers. */
  next(ready: number, workers: number): number {
    return Math.min(Math.ceil(ready / (2 * workers)), this.#grown, MOST) || 1;
  }

  /** A batch of so many strands took so long. */
  took(strands: number, milliseconds: number): void {
    const fitting = Math.floor((strands * AIM_MS) / Math.max(milliseconds, 0.001));
    this.#grown = Math.max(1, Math.min(this.#grown * GROWTH, fitting, MOST));
  }
}
