import { PolyloomError } from "./error.ts";

/** The largest body in bytes that a parser accepts unless told otherwise. */
export const DEFAULT_MAX_FRAME_BYTES: number = 64 * 1024 * 1024;

/** The limit in bytes of one body. */
export interface FrameLimit {
  readonly maxBytes?: number;
}

const HEADER_BYTES = 4;
const LARGEST = 0xffff_ffff;
const FIRST_ALLOCATION = 64 * 1024;

/** A body with its length before it, 4 bytes big-endian; throws frame_too_large from 4 GiB. */
export function encodeFrame(body: Uint8Array, limit: FrameLimit = {}): Uint8Array {
  const most = limit.maxBytes ?? LARGEST;
  if (body.byteLength > most) throw tooLarge(most, body.byteLength);
  const frame = new Uint8Array(HEADER_BYTES + body.byteLength);
  new DataView(frame.buffer).setUint32(0, body.byteLength);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** Cuts a stream of chunks, however they are split, into the bodies of frames. */
export class FrameParser {
  readonly #maxBytes: number;
  #header = new Part(HEADER_BYTES);
  #body: Part | undefined;
  #refusal: PolyloomError | undefined;

  constructor(limit: FrameLimit = {}) {
    this.#maxBytes = Math.min(limit.maxBytes ?? DEFAULT_MAX_FRAME_BYTES, LARGEST);
  }

  /** Why the stream cannot go on: set where {@link push} still had bodies to give before the frame that is refused. */
  get refusal(): PolyloomError | undefined {
    return this.#refusal;
  }

  /**
   * The bodies that this chunk completes, each in memory of its own. A frame that is too large is refused before there
   * is room for it: throws frame_too_large where no body came before it in the chunk, and frame_invalid ever after.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#refuseAfterFailure();
    const bodies: Uint8Array[] = [];
    let rest = chunk;
    while (rest.byteLength > 0 && this.#refusal === undefined) {
      rest = this.#body ? this.#body.take(rest) : this.#takeHeader(rest);
      if (this.#body?.isComplete) bodies.push(this.#finish(this.#body));
    }
    if (this.#refusal !== undefined && bodies.length === 0) throw this.#refusal;
    return bodies;
  }

  /** Ends the stream; throws frame_invalid when that is in the middle of a frame. */
  end(): void {
    this.#refuseAfterFailure();
    const received = this.#header.size + (this.#body?.size ?? 0);
    if (received === 0) return;
    const message = `The stream ended after ${received} bytes of a frame.`;
    throw new PolyloomError("frame_invalid", message, { details: { received } });
  }

  #takeHeader(chunk: Uint8Array): Uint8Array {
    const rest = this.#header.take(chunk);
    if (!this.#header.isComplete) return rest;
    const length = new DataView(this.#header.bytes.buffer).getUint32(0);
    if (length > this.#maxBytes) this.#refusal = tooLarge(this.#maxBytes, length);
    else this.#body = new Part(length);
    return rest;
  }

  #finish(body: Part): Uint8Array {
    this.#header = new Part(HEADER_BYTES);
    this.#body = undefined;
    return body.bytes;
  }

  #refuseAfterFailure(): void {
    if (!this.#refusal) return;
    const message = "The stream cannot go on after a frame that was refused.";
    throw new PolyloomError("frame_invalid", message, { cause: this.#refusal });
  }
}

function tooLarge(limit: number, size: number): PolyloomError {
  const message = `A frame of ${size} bytes is larger than the limit of ${limit}.`;
  return new PolyloomError("frame_too_large", message, { details: { size, limit } });
}

// Grows with what arrives: a length that is announced, and never sent, costs little.
class Part {
  readonly #length: number;
  #bytes: Uint8Array<ArrayBuffer>;
  size = 0;

  constructor(length: number) {
    this.#length = length;
    this.#bytes = new Uint8Array(Math.min(length, FIRST_ALLOCATION));
  }

  get isComplete(): boolean {
    return this.size === this.#length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  take(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#length - this.size);
    this.#reserve(this.size + taken.byteLength);
    this.#bytes.set(taken, this.size);
    this.size += taken.byteLength;
    return chunk.subarray(taken.byteLength);
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#length, Math.max(size, this.#bytes.byteLength * 2)));
    grown.set(this.#bytes.subarray(0, this.size));
    this.#bytes = grown;
  }
}
