import { expect, test } from "vitest";
import { median } from "./median.ts";

test("the median is the middle, or the mean of the two middles", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 2, 4])).toBe(3);
});

test("no numbers have no median", () => {
  expect(() => median([])).toThrow(RangeError);
});
