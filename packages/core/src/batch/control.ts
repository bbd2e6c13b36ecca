/** What host and place say to each other about a batch while it runs, in shared memory: no message is faster. */
export class Control {
  readonly #words: Int32Array;

  /** Wraps words that {@link Control.allocate} made, on either side. */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Words for a number of strands. */
  static allocate(strands: number): Int32Array {
    return new Int32Array(new SharedArrayBuffer((FIRST_CLAIM + strands) * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Nothing more is to start. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1;
  }

  /** The place is wanted for something else: a cycle ends its batch after this iteration. */
  yield(): void {
    Atomics.store(this.#words, YIELD, 1);
  }

  get yields(): boolean {
    return Atomics.load(this.#words, YIELD) === 1;
  }

  /** Completed iterations of the cycle that the batch is. */
  get iterations(): number {
    return Atomics.load(this.#words, ITERATIONS);
  }

  set iterations(iterations: number) {
    Atomics.store(this.#words, ITERATIONS, iterations % 2 ** 31);
  }

  /** A cycle was told of up to here, and nothing of it runs. */
  rest(iterations: number): void {
    Atomics.store(this.#words, TOLD, iterations % 2 ** 31);
    this.running = -1;
  }

  /** Whether nothing runs since a cycle was told of up to here. */
  rests(iterations: number): boolean {
    return this.running === -1 && Atomics.load(this.#words, TOLD) === iterations % 2 ** 31;
  }

  /** The unit that runs, or -1. */
  get running(): number {
    return Atomics.load(this.#words, RUNNING) - 1;
  }

  set running(unit: number) {
    Atomics.store(this.#words, RUNNING, unit + 1);
  }

  /** The place begins a strand, unless the host took it back: whoever comes first has it. */
  claim(strand: number): boolean {
    return Atomics.compareExchange(this.#words, FIRST_CLAIM + strand, FREE, CLAIMED) === FREE;
  }

  /** The host takes a strand back, unless the place began it. */
  takeBack(strand: number): boolean {
    return Atomics.compareExchange(this.#words, FIRST_CLAIM + strand, FREE, TAKEN_BACK) === FREE;
  }

  /** How many of so many strands another place could take: not the first, which its place is about to begin. */
  left(strands: number): number {
    const begun = Math.max(
      1,
      this.#firstWhere(strands, (strand) => !this.isBegun(strand)),
    );
    const free = this.#firstWhere(strands, (strand) => !this.isBegun(strand) && !this.isFree(strand));
    return Math.max(0, free - begun);
  }

  /** Takes strands back from the end, so many of them at the most, down to `from`. */
  takeBackLast(strands: number, most: number, from = 1): number[] {
    const taken: number[] = [];
    for (let strand = strands - 1; strand >= from && taken.length < most; strand--)
      if (this.takeBack(strand)) taken.push(strand);
    return taken;
  }

  /** Whether any of so many strands was begun. */
  hasBegun(strands: number): boolean {
    for (let strand = 0; strand < strands; strand++) if (this.isBegun(strand)) return true;
    return false;
  }

  /** The place begins from the front, and what is taken back is the end: a search by halves finds the border. */
  #firstWhere(strands: number, isBehind: (strand: number) => boolean): number {
    let low = 0;
    let high = strands;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBehind(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  isBegun(strand: number): boolean {
    return Atomics.load(this.#words, FIRST_CLAIM + strand) === CLAIMED;
  }

  isFree(strand: number): boolean {
    return Atomics.load(this.#words, FIRST_CLAIM + strand) === FREE;
  }
}

const STOP = 0;
const RUNNING = 1;
const YIELD = 2;
const TOLD = 3;
const ITERATIONS = 4;
const FIRST_CLAIM = 5;

const FREE = 0;
const CLAIMED = 1;
const TAKEN_BACK = 2;
