import fc from "fast-check";
import { expect, test } from "vitest";

import { encode } from "./codec.ts";
import { estimateBytes } from "./size-estimate.ts";

test("is never above what encode builds", () => {
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(value, (any) => {
      expect(estimateBytes(any)).toBeLessThanOrEqual(encode(any).byteLength);
    }),
    { numRuns: 1000 },
  );
});

test.each<[string, unknown]>([
  ["text", "x".repeat(100_000)],
  ["bytes", new Uint8Array(100_000)],
  ["rows", Array.from({ length: 1000 }, (_, id) => ({ id, name: "some name", total: id / 3 }))],
  ["a large integer", 1n << 100_000n],
  ["an error", new Error("x".repeat(100_000))],
])("is not far below it for %s", (_name, value) => {
  const error = value instanceof Error;
  if (error) value.stack = "";
  expect(estimateBytes(value)).toBeGreaterThan(encode(value).byteLength * 0.5);
});

test("counts what is shared once", () => {
  const bytes = new Uint8Array(1000);
  expect(estimateBytes([bytes, bytes, bytes.buffer])).toBeLessThan(1100);
});

test("stops early, and survives a list 100,000 deep, cycles and length without content", () => {
  let list: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) list = { list };
  expect(estimateBytes(list)).toBeGreaterThan(100_000);
  const large = Array.from({ length: 1_000_000 }, () => ({ a: 1 }));
  expect(estimateBytes(large, 100)).toBeLessThan(200);
  expect(estimateBytes(Object.assign([], { length: 4e9 }))).toBeLessThan(100);
});
