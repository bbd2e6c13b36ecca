import { encode, encodeFrame } from "@polyloom/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Message } from "../runner/job.ts";
import { MessageSplitter } from "./message-splitter.ts";

const TOKEN = "\0polyloom:0123456789abcdef:";
const bytesOf = (message: Message): Buffer => Buffer.concat([Buffer.from(TOKEN), encodeFrame(encode(message))]);

interface Seen {
  readonly log: string;
  readonly messages: readonly Message[];
}

function split(chunks: readonly Buffer[], maxBytes: number = 1_000): Seen {
  const log: Buffer[] = [];
  const messages: Message[] = [];
  const onLog = (chunk: Buffer): void => void log.push(Buffer.from(chunk));
  const splitter = new MessageSplitter({
    token: TOKEN,
    maxBytes,
    onLog,
    onMessage: (message) => messages.push(message),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { log: Buffer.concat(log).toString("latin1"), messages };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe("a splitter", () => {
  test("parts lines from messages, however the bytes are cut", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ log: Buffer.from(bytes) })),
      fc.string({ maxLength: 30 }).map((value) => ({ message: { kind: "result" as const, value } })),
      fc.constantFrom("\0", "\0poly", TOKEN.slice(0, -1)).map((text) => ({ log: Buffer.from(text) })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 20 }), (parts, places) => {
        const bytes = Buffer.concat(parts.map((one) => ("log" in one ? one.log : bytesOf(one.message))));
        const seen = split(cut(bytes, places));
        expect(seen.log).toBe(
          Buffer.concat(parts.flatMap((one) => ("log" in one ? [one.log] : []))).toString("latin1"),
        );
        expect(seen.messages).toEqual(parts.flatMap((one) => ("message" in one ? [one.message] : [])));
      }),
    );
  });

  test("takes one byte at a time", () => {
    const bytes = Buffer.concat([Buffer.from("before"), bytesOf({ kind: "ready" }), Buffer.from("after")]);
    expect(split([...bytes].map((byte) => Buffer.of(byte)))).toEqual({
      log: "beforeafter",
      messages: [{ kind: "ready" }],
    });
  });

  test("refuses a length beyond the limit before it makes room", () => {
    const announced = Buffer.concat([Buffer.from(TOKEN), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    expect(() => split([announced])).toThrow(expect.objectContaining({ code: "frame_too_large" }));
  });

  test("refuses bytes that are no message", () => {
    const wrong = Buffer.concat([Buffer.from(TOKEN), encodeFrame(Buffer.from("not encoded"))]);
    expect(() => split([wrong])).toThrow(expect.objectContaining({ code: "decode_failed" }));
  });
});
