import { decode, PolyloomError } from "@polyloom/wire";

import type { Message } from "../runner/job.ts";

/** What a {@link MessageSplitter} works with. */
export interface SplitterOptions {
  /** What marks a message. */
  readonly token: string;
  /** The largest message in bytes. */
  readonly maxBytes: number;
  readonly onLog: (chunk: Buffer) => void;
  readonly onMessage: (message: Message) => void;
}

const HEADER_BYTES = 4;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Parts a container's stdout into what the function wrote and what the runner says: a message is the token, a
 * length of 4 bytes, and that many encoded ones.
 */
export class MessageSplitter {
  readonly #options: SplitterOptions;
  readonly #token: Buffer;
  /** The end of what was read, where it might be the beginning of a token. */
  #held: Buffer = NOTHING;
  /** What there is of a message behind its token; undefined outside of one. */
  #message: Buffer[] | undefined;

  constructor(options: SplitterOptions) {
    this.#options = options;
    this.#token = Buffer.from(options.token);
  }

  /** Takes the next chunk; throws frame_too_large and decode_failed. */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#message ? this.#readMessage(this.#message, rest) : this.#readLog(rest);
  }

  /** Gives what was held back. */
  end(): void {
    this.#log(this.#held);
    this.#held = NOTHING;
  }

  #readLog(chunk: Buffer): Buffer {
    const text = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const found = text.indexOf(this.#token);
    const end = found < 0 ? text.length - this.#prefixAtEnd(text) : found;
    this.#log(text.subarray(0, end));
    this.#held = found < 0 ? Buffer.from(text.subarray(end)) : NOTHING;
    if (found < 0) return NOTHING;
    this.#message = [];
    return text.subarray(found + this.#token.length);
  }

  #readMessage(message: Buffer[], chunk: Buffer): Buffer {
    message.push(chunk);
    const size = message.reduce((sum, { length }) => sum + length, 0);
    if (size < HEADER_BYTES) return NOTHING;
    if (message[0]!.length < HEADER_BYTES) message.splice(0, message.length, Buffer.concat(message));
    const end = HEADER_BYTES + this.#bodyBytes(message[0]!.readUInt32BE());
    if (size < end) return NOTHING;
    const whole = Buffer.concat(message);
    this.#message = undefined;
    this.#options.onMessage(decode(whole.subarray(HEADER_BYTES, end)) as Message);
    return whole.subarray(end);
  }

  #bodyBytes(size: number): number {
    const limit = this.#options.maxBytes;
    if (size <= limit) return size;
    const message = `The container answers with ${size} bytes, and the limit is ${limit}.`;
    throw new PolyloomError("frame_too_large", message, { details: { size, limit } });
  }

  /** How many bytes at the end are the beginning of a token. */
  #prefixAtEnd(text: Buffer): number {
    const last = text.lastIndexOf(this.#token[0]!);
    const length = last < 0 ? 0 : text.length - last;
    return this.#token.subarray(0, length).equals(text.subarray(text.length - length)) ? length : 0;
  }

  #log(chunk: Buffer): void {
    if (chunk.length > 0) this.#options.onLog(chunk);
  }
}
