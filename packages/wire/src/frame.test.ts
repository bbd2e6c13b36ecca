import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { hasCode } from "./error.ts";
import { encodeFrame, FrameParser } from "./frame.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const coded = (code: "frame_invalid" | "frame_too_large"): unknown =>
  expect.toSatisfy((error: unknown) => hasCode(error, code));

describe("encodeFrame", () => {
  test("writes the length big-endian before the body", () => {
    expect(encodeFrame(bytes(7, 8))).toEqual(bytes(0, 0, 0, 2, 7, 8));
    expect(encodeFrame(bytes())).toEqual(bytes(0, 0, 0, 0));
  });

  test("refuses a body above the limit", () => {
    expect(() => encodeFrame(bytes(1, 2), { maxBytes: 1 })).toThrow(coded("frame_too_large"));
  });
});

describe("FrameParser", () => {
  test("gives back any bodies from any chunks", () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(2000));
    fc.assert(
      fc.property(bodies, cuts, (sent, at) => {
        const parser = new FrameParser();
        const stream = Buffer.concat(sent.map((body) => encodeFrame(body)));
        expect(split(stream, at).flatMap((chunk) => parser.push(chunk))).toEqual(sent);
        parser.end();
      }),
    );
  });

  test("takes a byte at a time, and bodies larger than its first allocation", () => {
    const body = new Uint8Array(200_000).map((_, index) => index);
    const parser = new FrameParser();
    const stream = encodeFrame(body);
    const found = Array.from(stream, (byte) => parser.push(bytes(byte))).flat();
    expect(found).toHaveLength(1);
    expect(Buffer.compare(found[0]!, body)).toBe(0);
  });

  test("gives bodies that do not share memory with the chunk", () => {
    const chunk = encodeFrame(bytes(1, 2));
    const [body] = new FrameParser().push(chunk);
    chunk.fill(9);
    expect(body).toEqual(bytes(1, 2));
  });

  test("refuses an announced length at the fourth byte, with size and limit", () => {
    const parser = new FrameParser({ maxBytes: 10 });
    expect(parser.push(bytes(0, 0, 0))).toEqual([]);
    const details = { size: 11, limit: 10 };
    expect(() => parser.push(bytes(11))).toThrow(expect.objectContaining({ details }));
  });

  test("takes a body of exactly the limit", () => {
    const body = new Uint8Array(10);
    expect(new FrameParser({ maxBytes: 10 }).push(encodeFrame(body))).toEqual([body]);
  });

  test("costs little for a length that is announced and never sent", () => {
    const parsers = Array.from({ length: 1000 }, () => new FrameParser());
    const before = process.memoryUsage().arrayBuffers;
    for (const parser of parsers) parser.push(bytes(3, 0, 0, 0));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
  });

  test("refuses everything after an error", () => {
    const parser = new FrameParser({ maxBytes: 1 });
    expect(() => parser.push(bytes(0, 0, 0, 2))).toThrow(coded("frame_too_large"));
    expect(() => parser.push(bytes(0, 0, 0, 0))).toThrow(coded("frame_invalid"));
    expect(() => parser.end()).toThrow(coded("frame_invalid"));
  });

  test.each([1, 3, 4, 5])("refuses an end after %i bytes of a frame", (count) => {
    const parser = new FrameParser();
    parser.push(encodeFrame(bytes(1, 2)).subarray(0, count));
    expect(() => parser.end()).toThrow(coded("frame_invalid"));
  });

  test("accepts an end between frames", () => {
    const parser = new FrameParser();
    parser.end();
    parser.push(encodeFrame(bytes()));
    expect(() => parser.end()).not.toThrow();
  });
});

function split(stream: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [0, ...at.filter((cut) => cut < stream.length), stream.length];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((cut, index) => stream.subarray(cuts[index], cut));
}

test("what came before a frame that is refused is given, and the refusal told", () => {
  const parser = new FrameParser({ maxBytes: 8 });
  const chunk = Buffer.concat([encodeFrame(Buffer.from("ok")), Buffer.from([0, 0, 0, 9])]);
  expect(parser.push(chunk).map((body) => Buffer.from(body).toString())).toEqual(["ok"]);
  expect(parser.refusal).toMatchObject({ code: "frame_too_large" });
  expect(() => parser.push(Buffer.from("more"))).toThrow(expect.objectContaining({ code: "frame_invalid" }) as Error);
});
