import { expect, test } from "vitest";
import { BatchSize } from "./size.ts";

test("batches begin small, grow while they are quick, and shrink when they are slow", () => {
  const size = new BatchSize();
  expect(size.next(1000, 2)).toBe(2);
  size.took(1, 0.01);
  expect(size.next(1000, 1)).toBe(16);
  size.took(16, 0.1);
  expect(size.next(1000, 1)).toBe(256);
  size.took(100, 50);
  expect(size.next(1000, 1)).toBe(4);
  size.took(1, 500);
  expect(size.next(1000, 1)).toBe(1);
});

test("never more than are ready, and at least one", () => {
  const size = new BatchSize();
  for (let i = 0; i < 5; i++) size.took(256, 0.01);
  expect([size.next(7, 2), size.next(1, 2), size.next(10_000, 2)]).toEqual([7, 1, 512]);
});
