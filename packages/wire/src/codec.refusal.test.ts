import { serialize } from "node:v8";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decode, encode } from "./codec.ts";
import { hasCode, type PolyloomError } from "./error.ts";

const anyValue = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
});

describe("what cannot be encoded", () => {
  test.each<[unknown, string]>([
    [{ rows: [{ fn: () => 1 }] }, "value.rows[0].fn"],
    [new Map([["k", Symbol("s")]]), 'value.get("k")'],
    [[new WeakSet()], "value[0]"],
  ])("%#: is refused with the path", (value, path) => {
    const refused = catchError(() => encode(value));
    expect(refused).toMatchObject({ code: "not_transferable", details: { path } });
  });

  test("a SharedArrayBuffer, an accessor that throws and a list too deep are refused", () => {
    let list: unknown;
    for (let depth = 0; depth < 200_000; depth++) list = { list };
    const hostile = {
      get a() {
        throw new Error("no");
      },
    };
    for (const value of [new SharedArrayBuffer(1), hostile, list]) {
      expect(catchError(() => encode(value)).code).toBe("not_transferable");
      expect(catchError(() => encode(value, { maxBytes: 1e9 })).code).toBe("not_transferable");
    }
  });
});

describe("what cannot be decoded", () => {
  test("any bytes are a value or decode_failed", () => {
    const changed = fc.tuple(anyValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)))).map(spoil);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), changed), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(hasCode(error, "decode_failed")).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([Uint8Array.of(), Uint8Array.of(1, 2, 3), serialize({ a: 1 }).subarray(0, 4)])("%o", (bytes) => {
    expect(catchError(() => decode(bytes)).code).toBe("decode_failed");
  });

  test("a view whose buffer is something else is refused, and allocates nothing", () => {
    const bytes = encode(new Uint8Array(3));
    const at = bytes.lastIndexOf("B".charCodeAt(0));
    // A whole number in place of the buffer.
    bytes.set([0x55, 0xff, 0xff, 0xff, 0x7f], at);
    expect(catchError(() => decode(bytes)).code).toBe("decode_failed");
  });
});

function spoil([value, changes]: [unknown, [number, number][]]): Uint8Array {
  const bytes = encode(value);
  for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
  return bytes;
}

function catchError(run: () => unknown): PolyloomError {
  try {
    run();
  } catch (error) {
    return error as PolyloomError;
  }
  throw new Error("Nothing was thrown.");
}
