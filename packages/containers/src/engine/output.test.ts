import { finished } from "node:stream/promises";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LogRing } from "./log-ring.ts";
import { OutputDemultiplexer, type OutputStream } from "./output-demultiplexer.ts";

function frame(stream: OutputStream, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.from([stream === "stdout" ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

describe("an output", () => {
  test("is parted into its two streams, however it is cut", async () => {
    const part = fc.tuple(fc.constantFrom<OutputStream>("stdout", "stderr"), fc.string({ maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(fc.array(part), fc.integer({ min: 1, max: 12 }), async (parts, size) => {
        const seen = { stdout: "", stderr: "" };
        const output = new OutputDemultiplexer((stream, chunk) => void (seen[stream] += chunk.toString("latin1")));
        const bytes = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)));
        for (let at = 0; at < bytes.length; at += size) output.write(bytes.subarray(at, at + size));
        await finished(output.end());
        const textOf = (wanted: OutputStream): string =>
          Buffer.from(parts.map(([stream, text]) => (stream === wanted ? text : "")).join("")).toString("latin1");
        expect(seen).toEqual({ stdout: textOf("stdout"), stderr: textOf("stderr") });
      }),
      { numRuns: 50 },
    );
  });

  test("of very many small pieces in one chunk needs no deep stack", async () => {
    let count = 0;
    const output = new OutputDemultiplexer(() => void count++);
    output.write(Buffer.concat(Array.from({ length: 50_000 }, () => frame("stdout", "x"))));
    await finished(output.end());
    expect(count).toBe(50_000);
  });
});

describe("a log ring", () => {
  test("keeps the beginning and the end, and says what lies between", () => {
    const ring = new LogRing({ headBytes: 4, tailBytes: 4 });
    for (const text of ["ab", "cdef", "ghij", "klm"]) ring.push(Buffer.from(text));
    expect(ring.toString()).toBe("abcd\n… 5 bytes …\njklm");
    expect(ring.totalBytes).toBe(13);
  });

  test("is the whole where that is small", () => {
    const ring = new LogRing();
    ring.push(Buffer.from("one\ntwo\nthree\n"));
    expect(ring.toString()).toBe("one\ntwo\nthree\n");
    expect(ring.lastLines(2)).toBe("two\nthree");
  });
});
