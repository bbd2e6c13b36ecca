/**
 * A queue of byte records in shared memory, between one thread that writes and one that reads: what is in it outlives
 * the reader. Positions only grow, and wrap at 2^32; see Lamport, "Proving the Correctness of Multiprocess Programs", 1977.
 */

/** A record: a number that the writer chose, and its bytes, which are the ring's own memory. */
export type Copy<T> = (id: number, bytes: Buffer) => T;

const HEAD = 0; // where the reader is
const TAIL = 1; // where the writer is
const SHIFTED = 2; // the id of the last record that was read
const ASLEEP = 3; // 1 while the reader waits to be woken
const CONTROL_BYTES = 16;
const HEADER_BYTES = 8;
const SKIP = -1;

/** Shared memory for a ring of at least this many bytes. */
export function allocateRing(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BYTES + 2 ** Math.ceil(Math.log2(bytes)));
}

/** One end of the queue: used for writing on one thread, for reading on another. */
export class Ring {
  readonly #control: Int32Array;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;

  /** Takes memory of {@link allocateRing}. */
  constructor(memory: SharedArrayBuffer) {
    this.#control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.#words = new Int32Array(memory, CONTROL_BYTES);
    this.#bytes = Buffer.from(memory, CONTROL_BYTES);
  }

  /** Adds a record if that leaves `spare` bytes for later ones; says whether it did. */
  write(id: number, bytes: Uint8Array, spare = 0): boolean {
    const size = sizeOf(bytes.byteLength);
    const position = this.#control[TAIL]!;
    const skipped = this.#isContiguous(position, size) ? 0 : this.#capacity - this.#indexOf(position);
    if (this.#free < skipped + size + spare) return false;
    if (skipped > 0) this.#words[this.#indexOf(position) >> 2] = SKIP;
    const at = this.#indexOf(position + skipped);
    this.#words[at >> 2] = bytes.byteLength;
    this.#words[(at >> 2) + 1] = id;
    this.#bytes.set(bytes, at + HEADER_BYTES);
    Atomics.store(this.#control, TAIL, (position + skipped + size) | 0);
    return true;
  }

  /** Removes the oldest record and gives what `copy` makes of it; undefined where there is none. */
  shift<T>(copy: Copy<T>): T | undefined {
    let head = this.#control[HEAD]!;
    if (head === Atomics.load(this.#control, TAIL)) return undefined;
    if (this.#words[this.#indexOf(head) >> 2] === SKIP) head += this.#capacity - this.#indexOf(head);
    const at = this.#indexOf(head);
    const length = this.#words[at >> 2]!;
    const id = this.#words[(at >> 2) + 1]!;
    const start = at + HEADER_BYTES;
    const copied = copy(id, this.#bytes.subarray(start, start + length));
    Atomics.store(this.#control, SHIFTED, id);
    Atomics.store(this.#control, HEAD, (head + sizeOf(length)) | 0);
    return copied;
  }

  /** The id of the record that was read last; 0 before the first. */
  get shifted(): number {
    return Atomics.load(this.#control, SHIFTED);
  }

  /** The reader is about to wait; false where a record came meanwhile, and it must read on. */
  sleep(): boolean {
    Atomics.store(this.#control, ASLEEP, 1);
    if (Atomics.load(this.#control, TAIL) === this.#control[HEAD]) return true;
    return !this.wake();
  }

  /** Whether the reader waits, and has to be told of what was written; true once for each sleep. */
  wake(): boolean {
    return Atomics.load(this.#control, ASLEEP) === 1 && Atomics.exchange(this.#control, ASLEEP, 0) === 1;
  }

  get #capacity(): number {
    return this.#bytes.byteLength;
  }

  get #free(): number {
    return this.#capacity - ((this.#control[TAIL]! - Atomics.load(this.#control, HEAD)) | 0);
  }

  #indexOf(position: number): number {
    return position & (this.#capacity - 1);
  }

  #isContiguous(position: number, size: number): boolean {
    return this.#indexOf(position) + size <= this.#capacity;
  }
}

// Multiples of 8, so that a header never lies across the end.
function sizeOf(length: number): number {
  return HEADER_BYTES + ((length + 7) & ~7);
}
