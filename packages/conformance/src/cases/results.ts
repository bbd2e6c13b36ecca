import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { z } from "zod";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { failOn } from "../fixtures/failures.ts";
import { append, increment, number, range, total } from "../fixtures/numbers.ts";
import { pause } from "../fixtures/waits.ts";

export const results: readonly Case[] = [
  ...casesOf("R1", {
    "a result names its run, its workflow, its runtime and its status": async (subject) => {
      const flow = new Workflow("named");
      flow.addNode("one", number, { value: 1 });
      const runtime = await subject.create();
      const result = await subject.execute(runtime, flow);
      const { workflow, status } = result;
      assert.deepEqual(
        [typeof result.runId, workflow, result.runtime, status],
        ["string", "named", runtime.name, "completed"],
      );
      assert.deepEqual(result.errors, []);
    },
    "results hold the outputs of completed nodes only": async (subject) => {
      const flow = new Workflow("completed");
      const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
      flow.addNode("taken", number, { value: branch.out.left });
      flow.addNode("skipped", number, { value: branch.out.right });
      const { results: found } = await subject.completed(flow);
      assert.deepEqual(found, { branch: { left: 1 }, taken: { value: 1 } });
    },
    "nodes tell status, attempts and place; times only when somebody wants them": async (subject) => {
      const flow = new Workflow("records");
      flow.addNode("one", number, { value: 1 });
      const { one } = (await subject.completed(flow)).nodes;
      assert.deepEqual(
        [one?.status, one?.attempts, one?.startMs, one?.durationMs],
        ["completed", 1, undefined, undefined],
      );
      assert.equal(typeof one?.where, "string");
      const { one: timed } = (await subject.completed(flow, {}, { collectMetrics: true })).nodes;
      assert.ok(timed?.startMs !== undefined && timed.startMs >= 0);
      assert.ok(timed.durationMs !== undefined && timed.durationMs >= 0);
    },
    "nodes have times when somebody observes": async (subject) => {
      const flow = new Workflow("records");
      flow.addNode("one", number, { value: 1 });
      const { result } = await subject.observed(flow);
      assert.equal(typeof result?.nodes["one"]?.durationMs, "number");
    },
    "a result cannot be changed, and its records are made once": async (subject) => {
      const flow = new Workflow("frozen");
      flow.addNode("one", number, { value: 1 });
      const result = await subject.completed(flow);
      assert.ok(Object.isFrozen(result), "the result itself");
      assert.ok(Object.isFrozen(result.results) && Object.isFrozen(result.nodes) && Object.isFrozen(result.cycles));
      assert.ok(Object.isFrozen(result.nodes["one"]) && Object.isFrozen(result.errors));
      assert.equal(result.results, result.results);
      assert.equal(result.nodes, result.nodes);
    },
    "output values are not frozen": async (subject) => {
      const flow = new Workflow("open");
      flow.addNode("list", range, { count: 2 });
      const { values } = (await subject.completed(flow)).results["list"] as { values: number[] };
      values.push(3);
      assert.deepEqual(values, [1, 2, 3]);
    },
    "get reads the outputs of a handle": async (subject) => {
      const flow = new Workflow("get");
      const one = flow.addNode("one", number, { value: 1 });
      const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
      const skipped = flow.addNode("skipped", number, { value: branch.out.right });
      const result = await subject.completed(flow);
      assert.deepEqual(result.get(one), { value: 1 });
      assert.throws(() => result.get(skipped), { code: "no_result" });
    },
    "declared outputs are read by name": async (subject) => {
      const ports = z.object({ value: z.number() });
      const flow = new Workflow("declared", { input: ports, output: ports });
      flow.setOutput({ value: flow.addNode("step", increment, { value: flow.input.value }).out.value });
      const result = await subject.completed(flow, { input: { value: 4 } });
      assert.deepEqual(result.outputs, { value: 5 });
    },
    "metrics are there when they are collected, and only then": async (subject) => {
      const flow = new Workflow("metrics");
      flow.addNode("one", number, { value: 1 });
      assert.equal((await subject.completed(flow)).metrics, undefined);
      assert.equal(typeof (await subject.completed(flow, {}, { collectMetrics: true })).metrics?.totalTime, "number");
    },
    "a run without cycles has none to tell of": async (subject) => {
      const flow = new Workflow("plain");
      flow.addNode("one", number, { value: 1 });
      assert.deepEqual((await subject.completed(flow)).cycles, {});
    },
  }),
  ...casesOf("R2", {
    "after a cycle results hold the last iteration": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", append, { list: [], value: 1 });
      flow.createCycle("loop").connect(step.out.list, step.in.list).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results, { step: { list: [1, 1, 1], value: 1 } });
    },
    "a node that failed in a later iteration keeps the outputs of the last completed one": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", failOn, { value: 0, bad: 2 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { result } = await subject.observed(flow, { onFailure: "continue" });
      assert.deepEqual([result?.results, result?.nodes["step"]?.status], [{ step: { value: 2 } }, "failed"]);
    },
    "a map holds lists": async (subject) => {
      const flow = new Workflow("map");
      flow.addMap("map", increment, { each: { value: [1, 2] } });
      assert.deepEqual((await subject.completed(flow)).results, { map: { value: [2, 3] } });
    },
    "the nodes of a workflow inside stand under prefixed ids, and it has its own outputs": async (subject) => {
      const inner = new Workflow("inner", { output: z.object({ sum: z.number() }) });
      const list = inner.addNode("list", range, { count: 3 });
      inner.setOutput({ sum: inner.addNode("total", total, { values: list.out.values }).out.total });
      const flow = new Workflow("outer");
      flow.addNode("inside", inner, {});
      const { results: found } = await subject.completed(flow);
      const expected = { "inside/list": { values: [1, 2, 3] }, "inside/total": { total: 6 }, inside: { sum: 6 } };
      assert.deepEqual({ ...found }, expected);
    },
  }),
  ...casesOf("R3", {
    "an empty workflow completes with empty results": async (subject) => {
      const { status, results: found, nodes, cycles } = await subject.completed(new Workflow("empty"));
      assert.deepEqual([status, found, nodes, cycles], ["completed", {}, {}, {}]);
    },
    "a workflow that changed is planned again": async (subject) => {
      const flow = new Workflow("growing");
      const one = flow.addNode("one", number, { value: 1 });
      const runtime = await subject.create();
      await subject.execute(runtime, flow);
      flow.addNode("two", increment, { value: one.out.value });
      const { results: found } = await subject.execute(runtime, flow);
      assert.deepEqual(found, { one: { value: 1 }, two: { value: 2 } });
    },
    "a workflow inside that changed is planned again": async (subject) => {
      const inner = new Workflow("inner", { output: z.object({ value: z.number() }) });
      inner.setOutput({ value: inner.addNode("one", number, { value: 1 }).out.value });
      const flow = new Workflow("outer");
      flow.addNode("inside", inner, {});
      const runtime = await subject.create();
      await subject.execute(runtime, flow);
      inner.addNode("two", number, { value: 2 });
      assert.deepEqual((await subject.execute(runtime, flow)).results["inside/two"], { value: 2 });
    },
    "a run in progress is not affected by a change": async (subject) => {
      const flow = new Workflow("growing");
      const slow = flow.addNode("slow", pause, { ms: 3, value: 1 });
      flow.addNode("after", increment, { value: slow.out.value });
      const running = subject.completed(flow);
      await new Promise(setImmediate);
      flow.addNode("new", number, { value: 1 });
      assert.deepEqual((await running).results, { slow: { value: 1 }, after: { value: 2 } });
    },
  }),
];
