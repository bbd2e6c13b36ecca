import { expect, test } from "vitest";
import { IterationTiming } from "./iteration-times.ts";

const timed = (...milliseconds: readonly number[]): IterationTiming => {
  const timing = new IterationTiming();
  for (const each of milliseconds) timing.add(each);
  return timing;
};

test("O3: count, total, least, mean and most are exact, percentiles within a twelfth", () => {
  const { p50, p95, ...exact } = timed(...Array.from({ length: 100 }, (_, i) => i + 1)).times;
  expect(exact).toEqual({ count: 100, total: 5050, min: 1, mean: 50.5, max: 100 });
  expect(Math.abs(p50 / 50 - 1)).toBeLessThan(1 / 12);
  expect(Math.abs(p95 / 95 - 1)).toBeLessThan(1 / 12);
});

test("a percentile never lies outside of what was measured", () => {
  expect(timed(3).times).toMatchObject({ min: 3, p50: 3, p95: 3, max: 3 });
});

test("nothing measured is zeros, not NaN", () => {
  expect(timed().times).toEqual({ count: 0, total: 0, min: 0, mean: 0, max: 0, p50: 0, p95: 0 });
});

test("two merged are as one that saw both", () => {
  const both = timed(1, 2);
  both.merge(timed(0.5, 8));
  expect(both.times).toEqual(timed(1, 2, 0.5, 8).times);
  both.merge(timed());
  expect(both.times.min).toBe(0.5);
});
