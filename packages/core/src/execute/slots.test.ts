import { expect, test } from "vitest";
import type { Step } from "../plan/plan.ts";
import { Slots } from "./slots.ts";

const step = (index: number, group?: string): Step => ({ index, definition: { group } }) as never;

function slotsOf(most: number, limits: Record<string, number> = {}): { slots: Slots; back: number[] } {
  const back: number[] = [];
  return { slots: new Slots(most, limits, [5, 4, 3, 2, 1, 0], (unit) => back.push(unit)), back };
}

test("S5: there is room until as many tasks run as the limit says, and again after a release", () => {
  const { slots } = slotsOf(2);
  slots.take(step(0));
  expect(slots.free).toBe(true);
  slots.take(step(1));
  expect([slots.free, slots.running]).toEqual([false, 2]);
  slots.release(step(0));
  expect([slots.free, slots.running]).toEqual([true, 1]);
});

test("S5, S2: steps of a full group are put aside, and handed back one by one, the first of the order first", () => {
  const { slots, back } = slotsOf(10, { api: 1 });
  expect(slots.defer(step(0, "api"))).toBe(false);
  slots.take(step(0, "api"));
  expect(slots.defer(step(1, "api"))).toBe(true);
  expect(slots.defer(step(2, "api"))).toBe(true);
  expect(back).toEqual([]);
  slots.release(step(0, "api"));
  expect(back).toEqual([2]);
  expect(slots.defer(step(2, "api"))).toBe(false);
  expect(back, "the first may turn out to have nothing to run").toEqual([2, 1]);
});

test("S5: a step that was handed back is not handed back again", () => {
  const { slots, back } = slotsOf(10, { api: 1 });
  slots.take(step(0, "api"));
  slots.defer(step(1, "api"));
  slots.release(step(0, "api"));
  slots.take(step(1, "api"));
  slots.release(step(1, "api"));
  expect(back).toEqual([1]);
});

test("S5: groups do not hold up each other, nor steps without a group or of a group without a limit", () => {
  const { slots } = slotsOf(10, { api: 1, disk: 1 });
  slots.take(step(0, "api"));
  expect(slots.defer(step(1, "disk"))).toBe(false);
  expect(slots.defer(step(2))).toBe(false);
  expect(slots.defer(step(3, "unlimited"))).toBe(false);
});

test("S5: a group limit above the runtime's own does not widen it", () => {
  const { slots } = slotsOf(1, { api: 5 });
  slots.take(step(0, "api"));
  expect([slots.free, slots.defer(step(1, "api"))]).toEqual([false, false]);
});

test("V4: a group may be named as a prototype's key is", () => {
  const { slots } = slotsOf(10, { constructor: 1 });
  expect(slots.defer(step(0, "toString"))).toBe(false);
  slots.take(step(0, "constructor"));
  expect(slots.defer(step(1, "constructor"))).toBe(true);
});
