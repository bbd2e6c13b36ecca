import assert from "node:assert/strict";
import { type NodeHandle, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { below, fork } from "../fixtures/branches.ts";
import { look, visit, visitTwice } from "../fixtures/contexts.ts";
import { add, append, increment, maybe, number, pair, total } from "../fixtures/numbers.ts";
import { hold, pause } from "../fixtures/waits.ts";
import { eventsOf, spans, starts } from "../timeline.ts";
import { limitOf } from "./slots.ts";

type NumberHandle = NodeHandle<{ value: number }, { value: number }>;

/** A workflow whose node `step` counts up from nought, so many times. */
function counting(iterations: number): { flow: Workflow; step: NumberHandle } {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", increment, { value: 0 });
  flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(iterations).build();
  return { flow, step };
}

export const cycles: readonly Case[] = [
  ...casesOf("C1", {
    "a feedback carries the value of the iteration before, a connection that of this one": async (subject) => {
      const flow = new Workflow("trace");
      const ahead = flow.addNode("ahead", increment, { value: 0 });
      const after = flow.addNode("after", append, { list: [], value: ahead.out.value });
      const loop = flow.createCycle("loop").connect(ahead.out.value, ahead.in.value);
      loop.connect(after.out.list, after.in.list).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["after"], { list: [1, 2, 3], value: 3 });
    },
    "all feedback of a cycle moves at once": async (subject) => {
      for (const [iterations, expected] of [
        [2, { a: 2, b: 1 }],
        [3, { a: 1, b: 2 }],
      ] as const) {
        const flow = new Workflow("swap");
        const both = flow.addNode("both", pair, { a: 1, b: 2 });
        const loop = flow.createCycle("loop").connect(both.out.a, both.in.b).connect(both.out.b, both.in.a);
        loop.maxIterations(iterations).build();
        assert.deepEqual((await subject.completed(flow)).results["both"], expected);
      }
    },
    "a value from upstream is the same in each iteration": async (subject) => {
      const flow = new Workflow("steady");
      const source = flow.addNode("source", number, { value: 5 });
      const list = flow.addNode("list", append, { list: [], value: source.out.value });
      flow.createCycle("loop").connect(list.out.list, list.in.list).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["list"], { list: [5, 5, 5], value: 5 });
    },
  }),
  ...casesOf("C2", {
    "upstream runs once before and downstream once after, at any distance": async (subject) => {
      const flow = new Workflow("around");
      const far = flow.addNode("far", number, { value: 0 });
      const near = flow.addNode("near", number, { value: far.out.value });
      const step = flow.addNode("step", increment, { value: near.out.value });
      const next = flow.addNode("next", number, { value: step.out.value });
      flow.addNode("last", number, { value: next.out.value });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      const { events } = await subject.observed(flow);
      assert.deepEqual(starts(events), ["far", "near", "step", "step", "step", "next", "last"]);
    },
    "downstream waits for the cycle's end, also where it was added first": async (subject) => {
      const flow = new Workflow("first");
      flow.addNode("after", number);
      const step = flow.addNode("step", increment, { value: 0 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      const { events, result } = await subject.observed(flow.connect("step.value", "after.value"));
      assert.deepEqual(starts(events), ["step", "step", "step", "after"]);
      assert.deepEqual(result?.results["after"], { value: 3 });
    },
    "downstream gets the last iteration's values": async (subject) => {
      const { flow, step } = counting(4);
      flow.addNode("after", number, { value: step.out.value });
      assert.deepEqual((await subject.completed(flow)).results["after"], { value: 4 });
    },
    "a port that is dead in the last iteration is dead downstream": async (subject) => {
      const flow = new Workflow("fading");
      const step = flow.addNode("step", increment, { value: 0 });
      const gate = flow.addNode("gate", below, { value: step.out.value, limit: 3 });
      flow.addNode("after", maybe, { value: gate.out.value });
      flow.createCycle("loop").connect(step.out.value, step.in.value).include(gate).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["after"], { keys: [] });
    },
    "a cycle may follow a node that follows a cycle": async (subject) => {
      const { flow, step } = counting(3);
      const between = flow.addNode("between", number, { value: step.out.value });
      const second = flow.addNode("second", increment, { value: between.out.value });
      flow.createCycle("again").connect(second.out.value, second.in.value).maxIterations(2).build();
      const { events, result } = await subject.observed(flow);
      assert.deepEqual(result?.results["second"], { value: 5 });
      assert.deepEqual(starts(events), ["step", "step", "step", "between", "second", "second"]);
    },
  }),
  ...casesOf("C7", {
    "an inner body runs n times m times": async (subject) => {
      const { flow, step } = counting(3);
      const outer = flow.addNode("outer", number, { value: step.out.value });
      flow.createCycle("around").connect(outer.out.value, step.in.value).maxIterations(2).build();
      const { events } = await subject.observed(flow);
      assert.equal(starts(events).filter((id) => id === "step").length, 6);
      assert.equal(starts(events).filter((id) => id === "outer").length, 2);
    },
    "the inner count starts afresh in each outer iteration": async (subject) => {
      const flow = new Workflow("nested");
      const step = flow.addNode("step", look, {});
      const outer = flow.addNode("outer", number, { value: step.out.value });
      flow.createCycle("inner").connect(step.out.value, step.in.value).maxIterations(2).build();
      flow.createCycle("outer").connect(outer.out.value, step.in.value).maxIterations(3).build();
      const { events, result } = await subject.observed(flow);
      const told = eventsOf(events, "node.started", "step").map(({ iteration }) => iteration);
      assert.deepEqual(told, [1, 2, 1, 2, 1, 2]);
      const { inner } = result?.cycles ?? {};
      assert.deepEqual([inner?.iterations, inner?.runs, inner?.totalIterations], [2, 3, 6]);
    },
    "the inner state starts afresh in each outer iteration": async (subject) => {
      const flow = new Workflow("nested");
      const step = flow.addNode("step", visit, { value: 0 });
      const outer = flow.addNode("outer", number, { value: step.out.value });
      flow.createCycle("inner").connect(step.out.value, step.in.value).maxIterations(2).build();
      flow.createCycle("outer").connect(outer.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 6, visits: 2 });
    },
  }),
  ...casesOf("C8", {
    "state lasts from one iteration to the next": async (subject) => {
      const flow = new Workflow("state");
      const step = flow.addNode("step", visit, { value: 0 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 3, visits: 3 });
    },
    "each node has its own state": async (subject) => {
      const flow = new Workflow("state");
      const one = flow.addNode("one", visit, { value: 0 });
      const two = flow.addNode("two", visit, { value: one.out.value });
      flow.createCycle("loop").connect(two.out.value, one.in.value).maxIterations(3).build();
      const { one: first, two: second } = (await subject.completed(flow)).results;
      assert.deepEqual(
        [first, second],
        [
          { value: 5, visits: 3 },
          { value: 6, visits: 3 },
        ],
      );
    },
    "outside a cycle state begins empty": async (subject) => {
      const flow = new Workflow("state");
      const one = flow.addNode("one", visit, { value: 0 });
      flow.addNode("two", visit, { value: one.out.value });
      assert.deepEqual((await subject.completed(flow)).results["two"], { value: 2, visits: 1 });
    },
    "what a failed attempt changed in it is undone": async (subject) => {
      const flow = new Workflow("state");
      const step = flow.addNode("step", visitTwice, { value: 0 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 3, visits: 3 });
    },
  }),
  ...casesOf("C11", {
    "a cycle starts when every connection into its body is settled": async (subject) => {
      const flow = new Workflow("late");
      const step = flow.addNode("step", increment, { value: 0 });
      const slow = flow.addNode("slow", pause, { ms: 3, value: 1 });
      const sum = flow.addNode("sum", add, { a: step.out.value, b: slow.out.value });
      flow.createCycle("loop").connect(sum.out.sum, step.in.value).maxIterations(2).build();
      const { events } = await subject.observed(flow);
      assert.deepEqual(spans(events).slice(0, 3), ["+slow", "-slow", "+step"]);
    },
    "a dead connection into its body is settled": async (subject) => {
      const flow = new Workflow("dead");
      const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
      const step = flow.addNode("step", increment, { value: 0 });
      const side = flow.addNode("side", maybe, { value: branch.out.right });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value).include(side);
      loop.maxIterations(2).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 2 });
    },
  }),
  ...casesOf("C12", {
    "a feedback whose source gave no value leaves its input at the value it had": async (subject) => {
      const flow = new Workflow("fading");
      const step = flow.addNode("step", increment, { value: 0 });
      const gate = flow.addNode("gate", below, { value: step.out.value, limit: 3 });
      flow.createCycle("loop").connect(gate.out.value, step.in.value).maxIterations(6).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 3 });
    },
    "that holds for the value it began with, too": async (subject) => {
      const flow = new Workflow("never");
      const step = flow.addNode("step", increment, { value: 10 });
      const gate = flow.addNode("gate", below, { value: step.out.value, limit: 3 });
      flow.createCycle("loop").connect(gate.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 11 });
    },
  }),
  ...casesOf("C13", {
    "independent cycles run at once where the runtime is concurrent": async (subject) => {
      const flow = new Workflow("two");
      for (const id of ["one", "two"]) {
        const wait = flow.addNode(id, hold, { ms: subject.patienceMs });
        flow.createCycle(`loop-${id}`).connect(wait.out.value, wait.in.ms).maxIterations(2).build();
      }
      const most = Math.min(await limitOf(subject), 2);
      const { until } = await subject.interrupted(flow, (events) => starts(events).length === most);
      assert.equal(new Set(starts(until)).size, most);
    },
    "the iterations of one cycle follow each other": async (subject) => {
      const flow = new Workflow("rows");
      for (const id of ["one", "two"]) {
        const step = flow.addNode(id, pause, { ms: 1, value: 1 });
        const list = flow.addNode(`list-${id}`, total, { values: [step.out.value] });
        flow.createCycle(`loop-${id}`).connect(list.out.total, step.in.value).maxIterations(3).build();
      }
      const own = spans((await subject.observed(flow)).events).filter((span) => span.endsWith("one"));
      assert.deepEqual(own, Array<string[]>(3).fill(["+one", "-one", "+list-one", "-list-one"]).flat());
    },
  }),
];
