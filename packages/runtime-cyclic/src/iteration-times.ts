import { Histogram } from "@polyloom/core/runtime";

/** Times of a cycle's iterations, in milliseconds. */
export interface IterationTimes {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** Median and 95th percentile, from logarithmic buckets. */
  readonly p50: number;
  readonly p95: number;
}

/** Adds up the times of iterations. */
export class IterationTiming {
  #count = 0;
  #total = 0;
  #min = Infinity;
  #max = 0;
  readonly #histogram: Histogram = new Histogram();

  /** One iteration took so many milliseconds. */
  add(milliseconds: number): void {
    this.#count++;
    this.#total += milliseconds;
    if (milliseconds < this.#min) this.#min = milliseconds;
    if (milliseconds > this.#max) this.#max = milliseconds;
    this.#histogram.add(milliseconds);
  }

  /** Adds what another one counted. */
  merge(other: IterationTiming): void {
    this.#count += other.#count;
    this.#total += other.#total;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#histogram.merge(other.#histogram);
  }

  /** What they amount to; zeros where there was none. */
  get times(): IterationTimes {
    const count = this.#count;
    const total = this.#total;
    const [min, max] = count === 0 ? [0, 0] : [this.#min, this.#max];
    const within = (share: number): number => Math.min(Math.max(this.#histogram.percentile(share), min), max);
    return Object.freeze({
      count,
      total,
      min,
      mean: count === 0 ? 0 : total / count,
      max,
      p50: within(0.5),
      p95: within(0.95),
    });
  }
}
