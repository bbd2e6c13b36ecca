import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { firstOf, type OutRef } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import { flowOf, sketches } from "../validate/random-flow.fixture.ts";
import { analyze } from "../validate/structure.ts";
import type { Plan } from "./plan.ts";
import { prepare } from "./plan-for.ts";

const add = defineNode({
  name: "add",
  input: z.object({ a: z.number(), b: z.number().default(0) }),
  output: z.object({ sum: z.number(), half: z.number().optional() }),
  run: ({ a, b }) => ({ sum: a + b }),
});
const planOf = (flow: Workflow<never, never>, mode: "stop" | "continue" = "stop"): Plan => prepare(flow).plan(mode);

/** Which units wait for a unit, by number. */
const nextOf = ({ next }: Plan, unit: number): number[] => [
  ...next.targets.subarray(next.start[unit], next.start[unit + 1]),
];

/** Settles units as the scheduler does; gives them in the order in which they become ready, the earliest first. */
function drain(plan: Plan, units: readonly number[]): number[] {
  const waits = plan.waits.slice();
  const ready = units.filter((unit) => waits[unit] === 0);
  const done: number[] = [];
  while (ready.length > 0) {
    const unit = ready.toSorted((a, b) => plan.order[a]! - plan.order[b]!)[0]!;
    ready.splice(ready.indexOf(unit), 1);
    done.push(unit);
    for (const next of nextOf(plan, unit)) if (--waits[next]! === 0) ready.push(next);
  }
  return done;
}

test("every scope of a sound graph runs to its end, each unit once and after what it reads", () => {
  let cyclic = 0;
  fc.assert(
    fc.property(sketches, (sketch) => {
      const flow = flowOf(sketch);
      fc.pre(analyze(flow).issues.length === 0);
      const plan = planOf(flow as never);
      if (plan.cycles.length > 0) cyclic++;
      for (const units of [plan.units, ...plan.cycles.map((cycle) => cycle.units)]) {
        const done = drain(plan, units);
        expect(done.toSorted((a, b) => a - b)).toEqual(units.toSorted((a, b) => a - b));
        for (const unit of units)
          for (const next of nextOf(plan, unit)) expect(done.indexOf(unit)).toBeLessThan(done.indexOf(next));
      }
    }),
    { numRuns: 1000 },
  );
  expect(cyclic).toBeGreaterThan(50);
});

test("S2: the order of units is that of their first node, a cycle just before its own", () => {
  const chain = [
    [0, 1],
    [1, 2],
    [2, 3],
  ] as const;
  const plan = planOf(flowOf({ count: 4, edges: chain, cycles: [{ target: 1, source: 2 }] }) as never);
  const cycle = plan.steps.length;
  expect([0, 1, 2, 3, cycle].toSorted((a, b) => plan.order[a]! - plan.order[b]!)).toEqual([0, cycle, 1, 2, 3]);
  expect(plan.units).toEqual([0, 3, cycle]);
  expect(plan.cycles[0]).toMatchObject({ name: "c0", parent: -1, steps: [1, 2], units: [1, 2], maxIterations: 2 });
  expect([...plan.waits]).toEqual([0, 0, 1, 1, 1]);
  expect(nextOf(plan, 0)).toEqual([cycle]);
  expect(nextOf(plan, cycle)).toEqual([3]);
});

test("S1: a node that reads another twice waits for it once", () => {
  const flow = new Workflow("w");
  const a = flow.addNode("a", add, { a: 1 });
  flow.addNode("b", add, { a: a.out.sum, b: a.out.sum });
  flow.addNode("c", add, { a: a.out.half });
  const plan = planOf(flow as never);
  expect([...plan.waits]).toEqual([0, 1, 1]);
  expect(nextOf(plan, 0)).toEqual([1, 2]);
});

test("C3: a cycle waits for what its criterion or condition reads outside its body", () => {
  const flow = new Workflow("w");
  const step = flow.addNode("step", add, { a: 1 });
  const limit = flow.addNode("limit", add, { a: 1 });
  flow
    .createCycle("c")
    .connect(step.out.sum, step.in.a)
    .maxIterations(3)
    .continueWhile(limit.out.sum, () => true)
    .build();
  const plan = planOf(flow as never);
  expect(nextOf(plan, 1)).toEqual([2]);
  expect(plan.cycles[0]!.condition).toMatchObject({ inside: false });
  expect(plan.cycles[0]!.maxIterations).toBe(3);
});

test("S6: the slots of an input are those of its feedback, the innermost cycle's first", () => {
  const flow = new Workflow("w");
  const a = flow.addNode("a", add, { a: 1 });
  const b = flow.addNode("b", add, { a: a.out.sum });
  const c = flow.addNode("c", add, { a: b.out.sum });
  flow.createCycle("outer").connect(c.out.sum, b.in.a).connect(c.out.sum, a.in.a).maxIterations(2).build();
  flow.createCycle("inner").connect(b.out.sum, b.in.a).maxIterations(2).build();
  const plan = planOf(flow as never);
  const input = plan.steps[1]!.inputs[0]!;
  const slotOf = (cycle: number): number[] =>
    plan.cycles[cycle]!.feedback.filter(({ slot }) => input.slots.includes(slot)).map(({ slot }) => slot);
  expect(plan.cycles.map(({ name, parent }) => [name, parent])).toEqual([
    ["outer", -1],
    ["inner", 0],
  ]);
  expect(input.slots).toEqual([...slotOf(1), ...slotOf(0)]);
  expect(plan.slots).toBe(3);
});

const inner = new Workflow("inner", {
  input: z.object({ x: z.number(), y: z.number().default(1) }),
  output: z.object({ out: z.number() }),
});
const first = inner.addNode("first", add, { a: inner.input.x, b: inner.input.y });
inner.addNode("second", add, { a: 1 });
inner.setOutput({ out: first.out.sum });

describe("G9: a workflow as a node dissolves into its nodes, with a relay for each port", () => {
  const outer = new Workflow("outer");
  const start = outer.addNode("start", add, { a: 1 });
  const sub = outer.addNode("sub", inner, { x: start.out.sum });
  outer.addNode("end", add, { a: sub.out.out });
  const plan = planOf(outer as never);
  const index = (id: string): number => plan.indexOf.get(id)!;
  const { inputs, outputs, from, to } = plan.subs.get("sub")!;

  test("ids are prefixed, steps stand in the order of definition", () => {
    expect(plan.steps.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "start node",
      "sub relay",
      "sub relay",
      "sub/first node",
      "sub/second node",
      "sub relay",
      "end node",
    ]);
    expect([from, to]).toEqual([1, 6]);
  });

  test("scheduling looks through it: only what reads an input waits for that input", () => {
    expect(nextOf(plan, index("start"))).toEqual([inputs.get("x")]);
    expect(nextOf(plan, inputs.get("x")!)).toEqual([index("sub/first")]);
    expect(plan.waits[index("sub/second")]).toBe(0);
    expect(nextOf(plan, index("sub/first"))).toEqual([outputs.get("out")]);
    expect(nextOf(plan, outputs.get("out")!)).toEqual([index("end")]);
  });

  test("it is placed once for each time it is used", () => {
    const twice = new Workflow("twice");
    const a = twice.addNode("a", inner, { x: 1 });
    twice.addNode("b", inner, { x: a.out.out });
    expect([...planOf(twice as never).indexOf.keys()]).toEqual(["a/first", "a/second", "b/first", "b/second"]);
  });

  test("it may lie in a cycle, and bring cycles of its own", () => {
    const cyclic = new Workflow("cyclic", {
      input: z.object({ x: z.number() }),
      output: z.object({ out: z.number() }),
    });
    const step = cyclic.addNode("step", add, { a: cyclic.input.x });
    cyclic.createCycle("c").connect(step.out.sum, step.in.a).maxIterations(2).build();
    cyclic.setOutput({ out: step.out.sum });
    const around = new Workflow("around");
    const node = around.addNode("sub", cyclic, { x: 1 });
    around.createCycle("outer").connect(node.out.out, node.in.x).maxIterations(2).build();
    const { cycles, steps, units } = planOf(around as never);
    expect(cycles.map(({ name, parent }) => [name, parent])).toEqual([
      ["outer", -1],
      ["sub/c", 0],
    ]);
    expect(steps.map(({ scope }) => scope)).toEqual([0, 1, 0]);
    expect(units).toEqual([steps.length]);
    expect(cycles[0]!.units.toSorted((a, b) => a - b)).toEqual([0, 2, steps.length + 1]);
  });
});

describe("S3: a workflow whose required input may die is gated by it", () => {
  const gatesOf = (x: "sum" | "half", mode: "stop" | "continue"): number[] => {
    const flow = new Workflow("w");
    const start = flow.addNode("start", add, { a: 1 });
    flow.addNode("sub", inner, { x: start.out[x] });
    const plan = planOf(flow as never, mode);
    return plan.steps
      .filter(({ gates }) => gates.includes(plan.subs.get("sub")!.inputs.get("x")!))
      .map((step) => step.index);
  };

  test("an optional port, or a run that goes on after failures, gates all of its steps", () => {
    expect(gatesOf("half", "stop")).toEqual([3, 4, 5]);
    expect(gatesOf("sum", "continue")).toEqual([3, 4, 5]);
  });

  test("a required port of a node that always runs gates nothing", () => {
    expect(gatesOf("sum", "stop")).toEqual([]);
  });

  test("a path inside a value may end early, and a firstOf may find nothing alive", () => {
    const give = defineNode({
      name: "give",
      input: z.object({}),
      output: z.object({ list: z.array(z.number()) }),
      run: () => ({ list: [] }),
    });
    for (const read of [(list: OutRef<number[]>) => list.at(0), (list: OutRef<number[]>) => firstOf(list.at(0))]) {
      const flow = new Workflow("w");
      flow.addNode("sub", inner, { x: read(flow.addNode("give", give).out.list) });
      expect(planOf(flow as never).steps.filter(({ gates }) => gates.length > 0)).toHaveLength(3);
    }
  });

  test("deadness travels: a node behind a branch may die", () => {
    const flow = new Workflow("w");
    const start = flow.addNode("start", add, { a: 1 });
    const behind = flow.addNode("behind", add, { a: start.out.half });
    flow.addNode("sub", inner, { x: behind.out.sum });
    expect(planOf(flow as never).steps.filter(({ gates }) => gates.length > 0)).toHaveLength(3);
  });
});

describe("R3: a plan is made once a version", () => {
  test("and again after a change, of an inner workflow too", () => {
    const nested = new Workflow("nested", { output: z.object({ out: z.number() }) });
    nested.setOutput({ out: nested.addNode("a", add, { a: 1 }).out.sum });
    const flow = new Workflow("w");
    flow.addNode("sub", nested);
    const before = prepare(flow as never);
    expect(prepare(flow as never)).toBe(before);
    expect(before.plan("stop")).toBe(before.plan("stop"));
    nested.addNode("b", add, { a: 2 });
    const after = prepare(flow as never);
    expect(after).not.toBe(before);
    expect(after.plan("stop").indexOf.has("sub/b")).toBe(true);
    expect(before.plan("stop").indexOf.has("sub/b")).toBe(false);
  });
});
