import { estimateBytes } from "@polyloom/wire";

/** One iteration as it was: outputs by node id, as the nodes gave them. */
export interface IterationRecord {
  /** Counts from 1. */
  readonly iteration: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Milliseconds from the cycle's beginning to the end of this iteration. */
  readonly elapsedMs: number;
}

/** How much a history keeps; where both are given, both hold. */
export interface WindowSize {
  /** Most iterations. */
  readonly iterations: number;
  /** Most bytes, as `estimateBytes` of `@polyloom/wire` counts them. */
  readonly bytes: number;
}

/** The newest iterations of one cycle, as many as a window allows. */
export class HistoryWindow {
  readonly #size: WindowSize;
  readonly #records: IterationRecord[] = [];
  readonly #sizes: number[] = [];
  /** Where the oldest stands: what is before it was dropped, and is let go of in one go. */
  #first = 0;
  #bytes = 0;

  /** Starts empty. */
  constructor(size: WindowSize) {
    this.#size = size;
  }

  /** Bytes of what is kept; only counted where a window of bytes, or somebody else, asks for it. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#records.length === this.#first;
  }

  /** What is kept, oldest first. */
  get records(): readonly IterationRecord[] {
    return this.#records.slice(this.#first);
  }

  /** Adds an iteration, and drops the oldest until the window holds; `isWeighed`: bytes are counted, whatever the window. */
  add(record: IterationRecord, isWeighed: boolean): void {
    const { iterations, bytes } = this.#size;
    const weight = isWeighed || bytes < Infinity ? estimateBytes(record.values) : 0;
    this.#records.push(record);
    this.#sizes.push(weight);
    this.#bytes += weight;
    while (this.#records.length - this.#first > iterations || this.#bytes > bytes) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#bytes -= this.#sizes[this.#first]!;
    this.#records[this.#first] = GONE;
    this.#first++;
    if (this.#first * 2 < this.#records.length) return;
    this.#records.splice(0, this.#first);
    this.#sizes.splice(0, this.#first);
    this.#first = 0;
  }
}

/** Stands where a record was, so that its values can be collected. */
const GONE: IterationRecord = Object.freeze({ iteration: 0, values: Object.freeze({}), elapsedMs: 0 });
