import type { Readable, Writable } from "node:stream";
import { encodeFrame, FrameParser } from "@polyloom/wire";

/** A way for messages between the host and a container, in both directions. */
export interface Line {
  /** Sends one message; does nothing once the line is closed. */
  send(body: Uint8Array): void;
  /** Hears every message from now on, and once that no more will come; `error` where the other side broke the rules. */
  listen(onBody: (body: Uint8Array) => void, onClose: (error?: Error) => void): void;
  close(): void;
}

const HEADER_BYTES = 4;
/** Above this a frame is not copied together: its header goes ahead. */
const LARGE_BYTES = 64 * 1024;

/** Messages as frames of wire, over a pair of streams. */
export class FrameLine implements Line {
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #parser: FrameParser;
  #closed = false;

  /** `maxBytes` bounds a message that comes in. */
  constructor(input: Readable, output: Writable, maxBytes: number) {
    this.#input = input;
    this.#output = output;
    this.#parser = new FrameParser({ maxBytes });
  }

  send(body: Uint8Array): void {
    if (this.#closed || this.#output.destroyed) return;
    if (body.byteLength <= LARGE_BYTES) return void this.#output.write(encodeFrame(body));
    const header = new Uint8Array(HEADER_BYTES);
    new DataView(header.buffer).setUint32(0, body.byteLength);
    this.#output.cork();
    this.#output.write(header);
    this.#output.write(body);
    this.#output.uncork();
  }

  listen(onBody: (body: Uint8Array) => void, onClose: (error?: Error) => void): void {
    const end = (error?: Error): void => {
      if (this.#closed) return;
      this.close();
      onClose(error);
    };
    this.#input.on("data", (chunk: Buffer) => {
      try {
        if (!this.#closed) for (const body of this.#parser.push(chunk)) onBody(body);
      } catch (error) {
        end(error as Error);
      }
    });
    for (const event of ["end", "close", "error"]) this.#input.once(event, () => end());
    this.#output.on("error", () => end());
  }

  close(): void {
    this.#closed = true;
    this.#input.destroy();
    this.#output.destroy();
  }
}
