/** How many bytes of a container's output are kept: the first and the last ones. */
export interface LogRingSize {
  readonly headBytes: number;
  readonly tailBytes: number;
}

/** The bounds of {@link LogRing} unless set: 64 KiB of the beginning, 192 KiB of the end. */
export const DEFAULT_LOG_RING: LogRingSize = { headBytes: 64 * 1024, tailBytes: 192 * 1024 };

/** The beginning and the end of an output of any length, in bounded memory. */
export class LogRing {
  readonly #size: LogRingSize;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #droppedBytes = 0;

  constructor(size: LogRingSize = DEFAULT_LOG_RING) {
    this.#size = size;
  }

  /** Bytes that were written, kept or not. */
  get totalBytes(): number {
    return this.#headBytes + this.#droppedBytes + this.#tailBytes;
  }

  /** Notes a chunk, which must not change afterwards. */
  push(chunk: Uint8Array): void {
    const room = this.#size.headBytes - this.#headBytes;
    const first = chunk.subarray(0, Math.max(0, room));
    if (first.byteLength > 0) this.#head.push(first);
    this.#headBytes += first.byteLength;
    this.#pushTail(chunk.subarray(first.byteLength));
  }

  /** The output as text, with a line in the place of what was dropped. */
  toString(): string {
    const head = Buffer.concat(this.#head).toString();
    const tail = Buffer.concat(this.#tail).toString();
    return this.#droppedBytes === 0 ? head + tail : `${head}\n… ${this.#droppedBytes} bytes …\n${tail}`;
  }

  /** The last lines as text, `lines` of them at the most. */
  lastLines(lines: number): string {
    return this.toString().trimEnd().split("\n").slice(-lines).join("\n");
  }

  #pushTail(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#tail.push(chunk);
    this.#tailBytes += chunk.byteLength;
    while (this.#tailBytes > this.#size.tailBytes) this.#dropFirst(this.#tailBytes - this.#size.tailBytes);
  }

  #dropFirst(excess: number): void {
    const first = this.#tail[0]!;
    const dropped = Math.min(excess, first.byteLength);
    if (dropped === first.byteLength) this.#tail.shift();
    else this.#tail[0] = first.slice(dropped);
    this.#tailBytes -= dropped;
    this.#droppedBytes += dropped;
  }
}
