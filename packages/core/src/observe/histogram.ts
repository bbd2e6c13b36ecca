/** Buckets an octave: a percentile is off by at most a twelfth. */
const FINENESS = 8;
const BUCKETS = 64 * FINENESS;

/** Counts durations in logarithmic buckets, in bounded memory. */
export class Histogram {
  readonly #counts: Uint32Array = new Uint32Array(BUCKETS);
  #count = 0;

  /** Adds a duration in milliseconds, `times` times. */
  add(milliseconds: number, times = 1): void {
    const octaves = Math.log2(Math.max(milliseconds * 1e6, 1));
    this.#counts[Math.min(Math.floor(octaves * FINENESS), BUCKETS - 1)]! += times;
    this.#count += times;
  }

  /** Adds what another one counted. */
  merge(other: Histogram): void {
    other.#counts.forEach((count, bucket) => (this.#counts[bucket]! += count));
    this.#count += other.#count;
  }

  /** The duration, in milliseconds, below which a share of all durations lies: the middle of its bucket. */
  percentile(share: number): number {
    const rank = Math.ceil(share * this.#count);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank && seen > 0) return 2 ** ((bucket + 0.5) / FINENESS) / 1e6;
    }
    return 0;
  }
}
