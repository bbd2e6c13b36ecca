/** Buckets an octave: a percentile is off by at most a twelfth. */
const FINENESS = 8;
const BUCKETS = 64 * FINENESS;

/** Buckets with their counts. */
export type HistogramData = readonly (readonly [bucket: number, count: number])[];

/** Counts durations in logarithmic buckets; only those that hold something take room, and a node has few. */
export class Histogram {
  readonly #buckets: number[] = [];
  readonly #counts: number[] = [];
  #count = 0;
  /** Where the last one was added: the next one often belongs there as well. */
  #last = 0;

  /** Adds a duration in milliseconds, `times` times. */
  add(milliseconds: number, times = 1): void {
    const octaves = Math.log2(Math.max(milliseconds * 1e6, 1));
    this.#addTo(Math.min(Math.floor(octaves * FINENESS), BUCKETS - 1), times);
  }

  /** Adds what another one counted. */
  merge(other: Histogram): void {
    for (let i = 0; i < other.#buckets.length; i++) this.#addTo(other.#buckets[i]!, other.#counts[i]!);
  }

  /** The duration, in milliseconds, below which a share of all durations lies: the middle of its bucket. */
  percentile(share: number): number {
    const rank = Math.ceil(share * this.#count);
    const order = this.#buckets.map((_, i) => i).toSorted((a, b) => this.#buckets[a]! - this.#buckets[b]!);
    let seen = 0;
    for (const i of order) {
      seen += this.#counts[i]!;
      if (seen >= rank) return 2 ** ((this.#buckets[i]! + 0.5) / FINENESS) / 1e6;
    }
    return 0;
  }

  /** What it counted, as data: each bucket with its count. */
  get data(): HistogramData {
    return this.#buckets.map((bucket, i) => [bucket, this.#counts[i]!] as const);
  }

  /** A histogram of such data. */
  static from(data: HistogramData): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of data) histogram.#addTo(bucket, count);
    return histogram;
  }

  #addTo(bucket: number, times: number): void {
    if (this.#buckets[this.#last] !== bucket) this.#last = this.#placeOf(bucket);
    this.#counts[this.#last]! += times;
    this.#count += times;
  }

  #placeOf(bucket: number): number {
    const at = this.#buckets.indexOf(bucket);
    if (at >= 0) return at;
    this.#counts.push(0);
    return this.#buckets.push(bucket) - 1;
  }
}
