import { Writable } from "node:stream";

/** Which of a container's two outputs a chunk is from. */
export type OutputStream = "stdout" | "stderr";

/** Takes a chunk; where it gives a promise, the next one comes when that is kept. */
export type OutputSink = (stream: OutputStream, chunk: Buffer) => Promise<void> | void;

const HEADER_BYTES = 8;

/**
 * Parts the one stream that an engine sends of a container without a terminal into stdout and stderr: a header of
 * 8 bytes, the first says which, the last four the length (Docker Engine API, "Attach to a container").
 */
export class OutputDemultiplexer extends Writable {
  readonly #sink: OutputSink;
  #header = Buffer.alloc(0);
  #stream: OutputStream = "stdout";
  #left = 0;

  constructor(sink: OutputSink) {
    super();
    this.#sink = sink;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#part(chunk).then(() => done(), done);
  }

  async #part(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#left === 0) {
        rest = this.#readHeader(rest);
        continue;
      }
      const body = rest.subarray(0, this.#left);
      this.#left -= body.length;
      rest = rest.subarray(body.length);
      const taken = this.#sink(this.#stream, body);
      if (taken !== undefined) await taken;
    }
  }

  /** What follows the header in a chunk; nothing where the chunk ends in the middle of it. */
  #readHeader(chunk: Buffer): Buffer {
    const missing = HEADER_BYTES - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)]);
    if (this.#header.length < HEADER_BYTES) return chunk.subarray(chunk.length);
    this.#stream = this.#header[0] === 2 ? "stderr" : "stdout";
    this.#left = this.#header.readUInt32BE(4);
    this.#header = Buffer.alloc(0);
    return chunk.subarray(missing);
  }
}
