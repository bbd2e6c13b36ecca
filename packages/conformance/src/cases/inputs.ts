import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { look, visit } from "../fixtures/contexts.ts";
import { add, halve, increment, number, orSeven, pair } from "../fixtures/numbers.ts";
import { pause } from "../fixtures/waits.ts";

export const inputs: readonly Case[] = [
  ...casesOf("S6", {
    "a parameter comes before a connection": async (subject) => {
      const flow = new Workflow("first");
      const source = flow.addNode("source", number, { value: 1 });
      flow.addNode("sink", number, { value: source.out.value });
      const { results } = await subject.completed(flow, { parameters: { sink: { value: 9 } } });
      assert.deepEqual(results["sink"], { value: 9 });
    },
    "a connection comes before a literal": async (subject) => {
      const flow = new Workflow("second");
      const source = flow.addNode("source", number, { value: 1 });
      const sink = flow.addNode("sink", number, { value: 5 });
      flow.connect(source.out.value, sink.in.value);
      assert.deepEqual((await subject.completed(flow)).results["sink"], { value: 1 });
    },
    "a parameter comes before a literal": async (subject) => {
      const flow = new Workflow("third");
      flow.addNode("sink", number, { value: 5 });
      const { results } = await subject.completed(flow, { parameters: { sink: { value: 9 } } });
      assert.deepEqual(results["sink"], { value: 9 });
    },
    "a literal comes before a default": async (subject) => {
      const flow = new Workflow("fourth");
      flow.addNode("literal", orSeven, { value: 5 });
      flow.addNode("default", orSeven, {});
      const { results } = await subject.completed(flow);
      assert.deepEqual(results, { literal: { value: 5 }, default: { value: 7 } });
    },
    "a parameter replaces a connection that is dead": async (subject) => {
      const flow = new Workflow("dead");
      const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
      flow.addNode("sink", number, { value: branch.out.right });
      const { results } = await subject.completed(flow, { parameters: { sink: { value: 9 } } });
      assert.deepEqual(results["sink"], { value: 9 });
    },
    "a parameter replaces its connection in every iteration": async (subject) => {
      const flow = new Workflow("whole");
      const step = flow.addNode("step", increment, { value: 0 });
      const side = flow.addNode("side", add, { a: step.out.value, b: step.out.value });
      flow.createCycle("loop").connect(step.out.value, step.in.value).include(side).maxIterations(3).build();
      const { results } = await subject.completed(flow, { parameters: { side: { b: 100 } } });
      assert.deepEqual(results["side"], { sum: 103 });
    },
    "a feedback takes over from the second iteration: from a literal": async (subject) => {
      const flow = new Workflow("over");
      const step = flow.addNode("step", increment, { value: 10 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 13 });
    },
    "a feedback takes over from the second iteration: from a connection": async (subject) => {
      const flow = new Workflow("over");
      const source = flow.addNode("source", number, { value: 20 });
      const step = flow.addNode("step", increment, { value: source.out.value });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 23 });
    },
    "a feedback takes over from the second iteration: from a parameter": async (subject) => {
      const flow = new Workflow("over");
      const step = flow.addNode("step", increment);
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      const { results } = await subject.completed(flow, { parameters: { step: { value: 30 } } });
      assert.deepEqual(results["step"], { value: 33 });
    },
    "of nested cycles the innermost feedback wins": async (subject) => {
      const flow = new Workflow("nested");
      const step = flow.addNode("step", increment, { value: 0 });
      const half = flow.addNode("half", halve, { value: step.out.value });
      flow.createCycle("inner").connect(step.out.value, step.in.value).maxIterations(2).build();
      flow.createCycle("outer").connect(half.out.value, step.in.value).maxIterations(2).build();
      assert.deepEqual((await subject.completed(flow)).results["half"], { value: 1.5 });
    },
    "a parameter for one port leaves the others as they are": async (subject) => {
      const flow = new Workflow("one");
      flow.addNode("both", pair, { a: 1, b: 2 });
      const { results } = await subject.completed(flow, { parameters: { both: { b: 5 } } });
      assert.deepEqual(results["both"], { a: 1, b: 5 });
    },
  }),
  ...casesOf("S7", {
    "a parameter for an unknown node is an error": async (subject) => {
      const flow = new Workflow("unknown");
      flow.addNode("sink", number, { value: 1 });
      const error = await subject.rejected(flow, { parameters: { sinc: { value: 1 } } });
      assert.equal(error.code, "unknown_parameter");
      assert.match(error.message, /sinc/);
    },
    "a parameter for an unknown port is an error": async (subject) => {
      const flow = new Workflow("unknown");
      flow.addNode("sink", number, { value: 1 });
      const error = await subject.rejected(flow, { parameters: { sink: { valeu: 1 } } });
      assert.equal(error.code, "unknown_parameter");
      assert.match(error.message, /valeu/);
    },
    "a parameter goes to the node it names, and to no other": async (subject) => {
      const flow = new Workflow("named");
      for (const id of ["a", "b", "c"]) flow.addNode(id, orSeven, {});
      const { results } = await subject.completed(flow, { parameters: { b: { value: 1 } } });
      assert.deepEqual(results, { a: { value: 7 }, b: { value: 1 }, c: { value: 7 } });
    },
    "a parameter holds for one run": async (subject) => {
      const flow = new Workflow("once");
      flow.addNode("sink", orSeven, {});
      const runtime = await subject.create();
      await subject.execute(runtime, flow, { parameters: { sink: { value: 1 } } });
      assert.deepEqual((await subject.execute(runtime, flow)).results, { sink: { value: 7 } });
    },
  }),
  ...casesOf("S8", {
    "two runs of one workflow at once get their own values": async (subject) => {
      const flow = new Workflow("both");
      const slow = flow.addNode("slow", pause, { ms: 2, value: 0 });
      flow.addNode("after", increment, { value: slow.out.value });
      const runtime = await subject.create();
      const run = (value: number) => subject.execute(runtime, flow, { parameters: { slow: { value } } });
      const [one, two] = await Promise.all([run(10), run(20)]);
      assert.deepEqual([one.results["after"], two.results["after"]], [{ value: 11 }, { value: 21 }]);
      assert.notEqual(one.runId, two.runId);
    },
    "two runs at once keep their own state in cycles": async (subject) => {
      const flow = new Workflow("both");
      const step = flow.addNode("step", visit, { value: 0 });
      const wait = flow.addNode("wait", pause, { ms: 1, value: step.out.value });
      flow.createCycle("loop").connect(wait.out.value, step.in.value).maxIterations(3).build();
      const runtime = await subject.create();
      const both = await Promise.all([subject.execute(runtime, flow), subject.execute(runtime, flow)]);
      for (const { results } of both) assert.deepEqual(results["step"], { value: 3, visits: 3 });
    },
    "a run leaves nothing behind for the next": async (subject) => {
      const flow = new Workflow("again");
      const step = flow.addNode("step", visit, { value: 0 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).build();
      const runtime = await subject.create();
      const first = await subject.execute(runtime, flow);
      assert.deepEqual((await subject.execute(runtime, flow)).results, first.results);
    },
    "each run has its own id, and nodes are told it": async (subject) => {
      const flow = new Workflow("ids");
      flow.addNode("look", look, {});
      const runtime = await subject.create();
      for (const { runId, results } of [await subject.execute(runtime, flow), await subject.execute(runtime, flow)])
        assert.equal((results["look"] as { seen: { runId: string } }).seen.runId, runId);
      assert.equal((await subject.execute(runtime, flow, { runId: "mine" })).runId, "mine");
    },
    "the manifest says the same before and after runs": async (subject) => {
      const runtime = await subject.create();
      const before = structuredClone({ ...runtime.capabilities });
      const flow = new Workflow("plain");
      flow.addNode("one", number, { value: 1 });
      await subject.execute(runtime, flow);
      assert.deepEqual({ ...runtime.capabilities }, before);
      assert.deepEqual({ ...(await subject.create()).capabilities }, before);
    },
  }),
];
