import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decode, encode } from "./codec.ts";
import { PolyloomError } from "./error.ts";
import { estimateBytes } from "./size-estimate.ts";

const roundTrip = (value: unknown): unknown => decode(encode(value));

const anyValue = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
});

describe("round trip", () => {
  test("any plain value arrives as structured clone would deliver it", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(roundTrip(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 500 },
    );
  });

  test("NaN, negative zero, large integers, dates and patterns stay what they are", () => {
    const value = [NaN, -0, 2 ** 53, -(10n ** 40n), new Date(NaN), /a\/b/giu, undefined, null];
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("cycles and shared references stay", () => {
    const value: Record<string, unknown> = { map: new Map() };
    value["self"] = value;
    (value["map"] as Map<unknown, unknown>).set(value, value["map"]);
    const copy = roundTrip(value) as typeof value;
    expect(copy["self"]).toBe(copy);
    expect((copy["map"] as Map<unknown, unknown>).get(copy)).toBe(copy["map"]);
  });

  test("views keep sharing their buffer, each at its place", () => {
    const buffer = new ArrayBuffer(32);
    const value = { buffer, floats: new Float64Array(buffer, 8, 2), view: new DataView(buffer, 3) };
    const copy = roundTrip(value) as typeof value;
    expect(copy.floats.buffer).toBe(copy.buffer);
    expect(copy.view.buffer).toBe(copy.buffer);
    expect([copy.floats.byteOffset, copy.floats.length, copy.view.byteOffset]).toEqual([8, 2, 3]);
  });

  test("a Buffer arrives as a Uint8Array, alone, without the pool that it is a slice of", () => {
    const copy = roundTrip(Buffer.from("secret")) as Uint8Array;
    expect(copy).toStrictEqual(new TextEncoder().encode("secret"));
    expect(copy.buffer.byteLength).toBe(6);
  });

  test("of an error the built-in name, message, stack and cause arrive", () => {
    const error = Object.assign(new RangeError("x", { cause: new Error("y") }), { code: "lost" });
    const copy = roundTrip(error) as RangeError;
    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ message: "x", stack: error.stack, cause: { message: "y" } });
    expect(copy).not.toHaveProperty("code");
  });

  test("a key named __proto__ stays a key", () => {
    const copy = roundTrip(JSON.parse('{ "__proto__": { "polluted": true } }')) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.getOwnPropertyNames(copy)).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("memory", () => {
  test("what is decoded shares no memory with the bytes", () => {
    const bytes = encode({ floats: Float64Array.of(1, 2), raw: Buffer.from("ab") });
    const value = decode(bytes) as { floats: Float64Array; raw: Uint8Array };
    bytes.fill(0);
    expect(value).toEqual({ floats: Float64Array.of(1, 2), raw: Uint8Array.of(97, 98) });
    expect(value.floats.buffer.byteLength).toBe(16);
  });

  test("bytes at any offset of a pooled Buffer are read", () => {
    const bytes = encode({ floats: Float64Array.of(1, 2) });
    for (let offset = 0; offset < 8; offset++) {
      const slice = Buffer.alloc(100).subarray(offset, offset + bytes.length);
      slice.set(bytes);
      expect(decode(slice)).toEqual({ floats: Float64Array.of(1, 2) });
    }
  });
});

describe("limit", () => {
  test("a value above it is refused with the size and the limit", () => {
    const refused = catchError(() => encode({ text: "x".repeat(2000) }, { maxBytes: 1000 }));
    expect(refused.code).toBe("size_limit_exceeded");
    expect(refused.details).toMatchObject({ limit: 1000 });
    expect(refused.details["size"]).toBeGreaterThan(1000);
  });

  test("what the estimate lets through is measured again", () => {
    const value = "ä€".repeat(300);
    expect(estimateBytes(value)).toBeLessThan(1000);
    expect(catchError(() => encode(value, { maxBytes: 1000 })).code).toBe("size_limit_exceeded");
  });

  test("the refusal comes before the bytes are built", () => {
    const half = "x".repeat(2 ** 26);
    const before = process.memoryUsage().rss;
    expect(() => encode(Array(64).fill(half), { maxBytes: 1000 })).toThrow(PolyloomError);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });

  test("the exact size passes", () => {
    const value = { rows: [1, 2, { a: "b" }] };
    const size = encode(value).byteLength;
    expect(encode(value, { maxBytes: size })).toHaveLength(size);
  });
});

function catchError(run: () => unknown): PolyloomError {
  try {
    run();
  } catch (error) {
    return error as PolyloomError;
  }
  throw new Error("Nothing was thrown.");
}
