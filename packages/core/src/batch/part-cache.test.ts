import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { prepare } from "../plan/plan-for.ts";
import { partOf } from "./part-cache.ts";
import type { PartValues } from "./plan-part.ts";

const plus = defineNode({
  name: "plus",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: x + 1 }),
});

const flow = new Workflow("chain");
const first = flow.addNode("first", plus, { x: 0 });
flow.addNode("second", plus, { x: first.out.x });
const plan = prepare(flow).plan("stop");
const values = (more: Partial<PartValues> = {}): PartValues => ({
  outputs: [],
  parameters: undefined,
  moves: undefined,
  isUrgent: () => false,
  ...more,
});

test("a part that says the same in every run is cut once", () => {
  expect(partOf(plan, [[0, 1]], values())).toBe(partOf(plan, [[0, 1]], values()));
});

test("what differs from run to run is cut for each: parameters, who waits, values from before", () => {
  const part = partOf(plan, [[0, 1]], values());
  const given = values({ parameters: new Map([[0, { x: 7 }]]) });
  expect(partOf(plan, [[0, 1]], given).values).toEqual([7, 0]);
  expect(partOf(plan, [[0, 1]], values({ isUrgent: (unit) => unit === 1 }))).not.toBe(part);
  const read = (x: number): readonly unknown[] => partOf(plan, [[1]], values({ outputs: [{ x }] })).values;
  expect([read(3), read(4)]).toEqual([[3], [4]]);
});
