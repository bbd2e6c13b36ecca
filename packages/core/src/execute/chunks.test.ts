import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkItems } from "./chunks.ts";

const chunks = (length: number, size: number, keys?: readonly unknown[]): number[][] => [
  ...{ [Symbol.iterator]: () => chunkItems(length, size, keys && ((index) => keys[index])) },
];

const ascending = (numbers: readonly number[]): boolean => numbers.every((n, i) => i === 0 || numbers[i - 1]! < n);

test("S9: chunks of a size, the last one shorter", () => {
  expect(chunks(7, 3)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(chunks(3, 1)).toEqual([[0], [1], [2]]);
  expect(chunks(3, 100)).toEqual([[0, 1, 2]]);
});

test("S9: an empty list has no chunks", () => {
  expect([chunks(0, 3), chunks(0, 3, [])]).toEqual([[], []]);
});

test("S9: chunks are made when they are asked for", () => {
  const endless = chunkItems(Number.MAX_SAFE_INTEGER, 2, undefined);
  expect([endless.next().value, endless.next().value]).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

test("S9: chunkBy keeps equal values in one chunk, in item order", () => {
  expect(chunks(6, 1, ["a", "b", "a", "c", "b", "a"])).toEqual([[0, 2, 5], [1, 4], [3]]);
});

test("S9: chunkBy puts whole groups together until a chunk has its size", () => {
  expect(chunks(6, 4, ["a", "b", "a", "c", "b", "d"])).toEqual([
    [0, 1, 2, 4],
    [3, 5],
  ]);
});

test("S9: NaN, null, undefined and -0 are keys as well", () => {
  expect(chunks(8, 1, [NaN, null, undefined, 0, NaN, -0, null, undefined])).toEqual([
    [0, 4],
    [1, 6],
    [2, 7],
    [3, 5],
  ]);
});

test("S9: values of different kinds are different keys", () => {
  expect(chunks(3, 1, [1, "1", true])).toEqual([[0], [1], [2]]);
});

test("S9: chunks by size are a partition in item order, all but the last of that size", () => {
  fc.assert(
    fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 50 }), (length, size) => {
      const found = chunks(length, size);
      expect(found.flat()).toEqual(Array.from({ length }, (_, i) => i));
      expect(found.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
      expect(found.every((chunk) => chunk.length > 0 && chunk.length <= size)).toBe(true);
    }),
  );
});

test("S9: chunks by key are a partition; each is in item order, holds whole groups, and only the last may be short", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 8 }), { maxLength: 100 }), fc.integer({ min: 1, max: 20 }), (keys, size) => {
      const found = chunks(keys.length, size, keys);
      expect(found.flat().toSorted((a, b) => a - b)).toEqual(keys.map((_, i) => i));
      expect(found.every(ascending)).toBe(true);
      for (const key of new Set(keys)) {
        const holders = found.filter((chunk) => chunk.some((index) => keys[index] === key));
        expect(holders.length).toBe(1);
      }
      expect(found.slice(0, -1).every((chunk) => chunk.length >= size)).toBe(true);
    }),
  );
});
