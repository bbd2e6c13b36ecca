import { expect, test } from "vitest";
import type { Step } from "../plan/plan.ts";
import { NodeStates } from "./node-states.ts";

const inCycle = (index: number): Step => ({ index, id: `step${index}`, scope: 0 }) as never;
const outside = (index: number): Step => ({ index, id: `step${index}`, scope: -1 }) as never;

test("C8: a state begins empty and is what the last attempt left", () => {
  const states = new NodeStates();
  const first = states.borrow(inCycle(0), undefined, false);
  expect(first).toEqual({});
  first["n"] = 1;
  states.keep(inCycle(0), undefined, first);
  expect(states.borrow(inCycle(0), undefined, false)).toEqual({ n: 1 });
});

test("C8: nodes, and items of a map, have states of their own", () => {
  const states = new NodeStates();
  states.keep(inCycle(0), undefined, { node: 0 });
  states.keep(inCycle(1), 0, { item: 0 });
  states.keep(inCycle(1), 1, { item: 1 });
  expect(states.borrow(inCycle(0), undefined, false)).toEqual({ node: 0 });
  expect(states.borrow(inCycle(1), 0, false)).toEqual({ item: 0 });
  expect(states.borrow(inCycle(1), 1, false)).toEqual({ item: 1 });
  expect(states.borrow(inCycle(1), 2, false)).toEqual({});
});

test("C8: what a failed attempt changed is undone, at any depth", () => {
  const states = new NodeStates();
  states.keep(inCycle(0), undefined, { seen: [1], by: new Map([["a", { n: 1 }]]) });
  const failed = states.borrow(inCycle(0), undefined, true) as { seen: number[]; by: Map<string, { n: number }> };
  failed.seen.push(2);
  failed.by.get("a")!.n = 99;
  expect(states.borrow(inCycle(0), undefined, true)).toEqual({ seen: [1], by: new Map([["a", { n: 1 }]]) });
});

test("C8: outside cycles nothing is kept", () => {
  const states = new NodeStates();
  states.keep(outside(0), undefined, { n: 1 });
  expect(states.borrow(outside(0), undefined, false)).toEqual({});
});

test("C7, C8: a cycle that is over, or starts afresh, forgets the states of its body and no others", () => {
  const states = new NodeStates();
  for (const index of [0, 1, 2]) states.keep(inCycle(index), undefined, { index });
  states.keep(inCycle(1), 3, { item: 3 });
  states.forget([0, 1]);
  expect([0, 1, 2].map((index) => states.borrow(inCycle(index), undefined, false))).toEqual([{}, {}, { index: 2 }]);
  expect(states.borrow(inCycle(1), 3, false)).toEqual({});
});

test("C8: a state that cannot be copied is refused with its place, where a copy is needed", () => {
  const states = new NodeStates();
  states.keep(inCycle(0), undefined, { cache: [{ close: () => undefined }] });
  expect(() => states.borrow(inCycle(0), undefined, true)).toThrow(
    expect.objectContaining({
      code: "not_transferable",
      message: expect.stringContaining("step0: state.cache[0].close"),
    }),
  );
  expect(states.borrow(inCycle(0), undefined, false)).toHaveProperty("cache");
});

test("C8: what a step keeps can be looked at; of a map a list, one an item", () => {
  const states = new NodeStates();
  states.keep(inCycle(0), undefined, { n: 1 });
  states.keep(inCycle(1), 2, { item: 2 });
  states.keep(inCycle(1), 0, { item: 0 });
  expect(states.of(0)).toEqual({ n: 1 });
  expect(states.of(1)).toEqual([{ item: 0 }, undefined, { item: 2 }]);
  expect(states.of(2)).toBeUndefined();
});
