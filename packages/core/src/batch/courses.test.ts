import { expect, test } from "vitest";
import type { Plan } from "../plan/plan.ts";
import { Courses } from "./courses.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";

/** Cycles with these maxima, as units 0, 1… of a plan without steps. */
const coursesOf = (...maxima: readonly number[]): Courses =>
  new Courses({ steps: [], cycles: maxima.map((maxIterations) => ({ maxIterations, steps: [0] })) } as unknown as Plan);
const after = (iterations: number): CycleCheckpoint =>
  ({ cycles: [[0, { iterations }]] }) as unknown as CycleCheckpoint;

test("what is left of a cycle is judged by its maximum and the time that an iteration takes", () => {
  const courses = coursesOf(100, Infinity);
  courses.reached(0, after(20), 10);
  courses.reached(1, after(20), 10);
  expect([courses.leftOf(0), courses.leftOf(1)]).toEqual([40, 10]);
});

test("time in batches that are over counts as well", () => {
  const courses = coursesOf(100);
  courses.reached(0, after(10), 10);
  courses.pause(0);
  courses.reached(0, after(50), 40);
  expect(courses.leftOf(0)).toBe(50);
});

test("of those that wait the longest goes first", () => {
  const courses = coursesOf(100, 300, 200);
  for (const unit of [0, 1, 2]) courses.reached(unit, after(50), 50);
  for (const unit of [0, 1, 2]) courses.pause(unit);
  expect([courses.takeLongest(), courses.takeLongest(), courses.takeLongest(), courses.takeLongest()]).toEqual([
    1,
    2,
    0,
    undefined,
  ]);
});

test("a cycle is outlasted by one that waits and has clearly more left", () => {
  const courses = coursesOf(100, 150, 300);
  for (const unit of [0, 1, 2]) courses.reached(unit, after(50), 50);
  courses.pause(1);
  expect([courses.isOutlasted(0, 20), courses.isOutlasted(0, 60), courses.isOutlasted(2, 20)]).toEqual([
    true,
    false,
    false,
  ]);
});
