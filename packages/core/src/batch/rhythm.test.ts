import { expect, test } from "vitest";
import { Rhythm } from "./rhythm.ts";

/** After which iterations a cycle tells, whose iterations take so many milliseconds. */
function told(most: number | undefined, milliseconds: number, iterations: number): number[] {
  let now = 0;
  const rhythm = new Rhythm(most, () => now);
  return Array.from({ length: iterations }, (_, i) => i + 1).filter(() => {
    now += milliseconds;
    return rhythm.isDue(false);
  });
}

test("a quick cycle tells after that many iterations", () => {
  expect(told(10, 0.001, 35)).toEqual([10, 20, 30]);
  expect(told(1, 0, 3)).toEqual([1, 2, 3]);
});

test("a slow one sooner: after a millisecond, two, four, up to twenty", () => {
  expect(told(1_000, 1, 90)).toEqual([1, 3, 7, 15, 31, 51, 71]);
  expect(told(1_000, 50, 3)).toEqual([1, 2, 3]);
});

test("one whose place is wanted tells at once", () => {
  const rhythm = new Rhythm(1_000, () => 0);
  expect([rhythm.isDue(false), rhythm.isDue(true), rhythm.isDue(false)]).toEqual([false, true, false]);
});

test("with infinitely many it never tells, whoever wants its place", () => {
  expect(told(Infinity, 1_000, 5)).toEqual([]);
  expect(new Rhythm(Infinity).isDue(true)).toBe(false);
});
