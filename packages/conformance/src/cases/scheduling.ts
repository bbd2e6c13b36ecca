import assert from "node:assert/strict";
import { firstOf, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { talk } from "../fixtures/contexts.ts";
import { add, increment, number, total } from "../fixtures/numbers.ts";
import { hold, pause } from "../fixtures/waits.ts";
import { eventsOf, hasStarted, spans, starts } from "../timeline.ts";
import { fillSlots, limitOf, MANY } from "./slots.ts";

export const scheduling: readonly Case[] = [
  ...casesOf("S1", {
    "a node starts after each of its sources has ended": async (subject) => {
      const flow = new Workflow("join");
      const sources = [3, 1, 2].map((ms) => flow.addNode(`source${ms}`, pause, { ms, value: ms }));
      flow.addNode("join", total, { values: sources.map((source) => source.out.value) });
      const { events } = await subject.observed(flow);
      assert.deepEqual(spans(events).slice(-2), ["+join", "-join"]);
    },
    "a node of two ports waits for both": async (subject) => {
      for (const [first, second] of [
        ["slow", "quick"],
        ["quick", "slow"],
      ] as const) {
        const flow = new Workflow("both");
        flow.addNode("sum", add);
        flow.addNode("slow", pause, { ms: 3, value: 1 });
        flow.addNode("quick", number, { value: 2 });
        flow.connect(`${first}.value`, "sum.a").connect(`${second}.value`, "sum.b");
        const { events, result } = await subject.observed(flow);
        assert.deepEqual(spans(events).slice(-2), ["+sum", "-sum"]);
        assert.deepEqual(result?.results["sum"], { sum: 3 });
      }
    },
    "firstOf waits until every source is settled": async (subject) => {
      const flow = new Workflow("first");
      const quick = flow.addNode("quick", fork, { value: 1, way: "left" });
      const slow = flow.addNode("slow", pause, { ms: 3, value: 2 });
      flow.addNode("first", number, { value: firstOf(quick.out.left, slow.out.value) });
      assert.deepEqual(spans((await subject.observed(flow)).events).slice(-2), ["+first", "-first"]);
    },
    "each node starts exactly once": async (subject) => {
      const flow = new Workflow("diamond");
      const top = flow.addNode("top", number, { value: 1 });
      const left = flow.addNode("left", increment, { value: top.out.value });
      const right = flow.addNode("right", increment, { value: top.out.value });
      flow.addNode("bottom", add, { a: left.out.value, b: right.out.value });
      const { events } = await subject.observed(flow);
      assert.deepEqual(starts(events).toSorted(), ["bottom", "left", "right", "top"]);
    },
    "a node's function is called once for each start": async (subject) => {
      const flow = new Workflow("talk");
      flow.addNode("talk", talk, {});
      const { events } = await subject.observed(flow);
      assert.deepEqual(
        eventsOf(events, "node.progress", "talk").map(({ done }) => done),
        [1, 2],
      );
    },
    "inside a cycle each node starts once an iteration": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", increment, { value: 0 });
      const back = flow.addNode("back", number, { value: step.out.value });
      flow.createCycle("loop").connect(back.out.value, step.in.value).maxIterations(3).build();
      const { events } = await subject.observed(flow);
      assert.deepEqual(starts(events), ["step", "back", "step", "back", "step", "back"]);
    },
  }),
  ...casesOf("S2", {
    "there is no barrier between levels: a node does not wait for what it does not read": async (subject) => {
      const flow = new Workflow("levels");
      const quick = flow.addNode("quick", number, { value: 1 });
      flow.addNode("after", increment, { value: quick.out.value });
      flow.addNode("slow", hold, { ms: subject.patienceMs });
      const { until } = await subject.interrupted(flow, (events) => hasStarted(events, "after"));
      assert.ok(hasStarted(until, "after"));
      assert.deepEqual(eventsOf(until, "node.completed", "slow"), []);
    },
    "a long branch does not hold back a short one": async (subject) => {
      const flow = new Workflow("branches");
      const start = flow.addNode("start", number, { value: 1 });
      let last = flow.addNode("step1", increment, { value: start.out.value });
      for (let i = 2; i <= 5; i++) last = flow.addNode(`step${i}`, increment, { value: last.out.value });
      const slow = flow.addNode("slow", hold, { ms: subject.patienceMs });
      flow.addNode("afterSlow", increment, { value: slow.out.value });
      const { until } = await subject.interrupted(flow, (events) => hasStarted(events, last.id));
      assert.ok(hasStarted(until, last.id));
      assert.deepEqual(eventsOf(until, "node.completed", "slow"), []);
    },
    "a free slot goes to the ready node that was added earliest": async (subject) => {
      const limit = await limitOf(subject);
      const flow = new Workflow("order");
      const filled = fillSlots(flow, limit, subject.patienceMs);
      const gate = flow.addNode("gate", number, { value: 1 });
      flow.addNode("late", increment, { value: gate.out.value });
      flow.addNode("ready1", number, { value: 1 });
      flow.addNode("ready2", number, { value: 1 });
      const { until } = await subject.interrupted(flow, (events) => starts(events).length === filled.length + 4);
      // Without a limit nothing waits for a slot, and the late one may start before or after the others.
      if (limit === MANY) assert.equal(starts(until)[0], "gate");
      else assert.deepEqual(starts(until), [...filled, "gate", "late", "ready1", "ready2"]);
    },
  }),
  ...casesOf("S4", {
    "ready nodes start in the order in which they were added; a sequential runtime ends each first": async (
      subject,
    ) => {
      const flow = new Workflow("row");
      for (const id of ["c", "a", "b"]) flow.addNode(id, pause, { ms: 1, value: 1 });
      const { events, runtime } = await subject.observed(flow);
      if (runtime.capabilities.maxConcurrency === 1)
        assert.deepEqual(spans(events), ["+c", "-c", "+a", "-a", "+b", "-b"]);
      else assert.deepEqual(starts(events).slice(0, 2), ["c", "a"]);
    },
    "results do not depend on which node ended first": async (subject) => {
      for (const [first, second] of [
        [1, 4],
        [4, 1],
      ] as const) {
        const flow = new Workflow("race");
        const a = flow.addNode("a", pause, { ms: first, value: 1 });
        const b = flow.addNode("b", pause, { ms: second, value: 2 });
        flow.addNode("list", total, { values: [a.out.value, b.out.value, 4] });
        flow.addNode("first", number, { value: firstOf(a.out.value, b.out.value) });
        const { results } = await subject.completed(flow);
        assert.deepEqual(results, { a: { value: 1 }, b: { value: 2 }, list: { total: 7 }, first: { value: 1 } });
        assert.deepEqual(Object.keys(results), ["a", "b", "list", "first"]);
      }
    },
  }),
];
