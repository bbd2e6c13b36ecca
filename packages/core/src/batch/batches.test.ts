import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { RunEvent } from "../observe/event.ts";
import { BatchRuntime } from "./batch-runtime.fixture.ts";

const plus = defineNode({
  name: "plus",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: x + 1 }),
});

const failAtFive = defineNode({
  name: "failAtFive",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => {
    if (x === 4) throw new RangeError("five");
    return { x: x + 1 };
  },
});

test("a chain goes as one message", async () => {
  const flow = new Workflow("chain");
  let last = flow.addNode("n0", plus, { x: 0 });
  for (let i = 1; i < 50; i++) last = flow.addNode(`n${i}`, plus, { x: last.out.x });
  const runtime = new BatchRuntime({ collectMetrics: true });
  const result = await runtime.execute(flow);
  expect(result.get(last)).toEqual({ x: 50 });
  expect(runtime.sizes).toEqual([1]);
});

test("independent nodes go in batches that grow", async () => {
  const flow = new Workflow("many");
  for (let i = 0; i < 500; i++) flow.addNode(`n${i}`, plus, { x: i });
  const runtime = new BatchRuntime();
  const result = await runtime.execute(flow);
  expect(result.results["n499"]).toEqual({ x: 500 });
  expect(runtime.sizes.length).toBeLessThan(40);
});

test("a whole cycle goes as one message", async () => {
  const flow = new Workflow("cycle");
  const step = flow.addNode("step", plus, { x: 0 });
  flow.createCycle("up").connect(step.out.x, step.in.x).maxIterations(1000).convergeWhen("step.x >= 700").build();
  const after = flow.addNode("after", plus, { x: step.out.x });
  const runtime = new BatchRuntime({ collectMetrics: true });
  const result = await runtime.execute(flow);
  expect(result.get(after)).toEqual({ x: 701 });
  expect(result.cycles["up"]).toMatchObject({ iterations: 700, converged: true, reason: "converged" });
  expect(runtime.sizes).toEqual([1, 1]);
});

test("a map's chunks go as one message each, and are not divided", async () => {
  const flow = new Workflow("map");
  const each = flow.addMap("each", plus, { each: { x: Array.from({ length: 1000 }, (_, i) => i) }, chunkSize: 125 });
  const runtime = new BatchRuntime();
  const result = await runtime.execute(flow);
  expect(result.get(each).x).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(runtime.sizes).toHaveLength(8);
});

test("K3 O1: who stops the run on hearing of a start is obeyed: nothing is sent, and what was said to have started ends", async () => {
  const flow = new Workflow("stopped");
  for (let i = 0; i < 4; i++) flow.addNode(`n${i}`, plus, { x: i });
  const controller = new AbortController();
  const types: string[] = [];
  const onEvent = ({ type }: RunEvent): void => {
    types.push(type);
    if (type === "node.started") controller.abort();
  };
  const runtime = new BatchRuntime({ observers: [{ onEvent }] });
  await expect(runtime.execute(flow, { signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
  expect([runtime.sizes, types]).toEqual([[], ["run.started", "node.started", "node.cancelled", "run.ended"]]);
});

test("O3: a node that fails in a cycle elsewhere is counted as often as it ran", async () => {
  const flow = new Workflow("failing");
  const step = flow.addNode("step", failAtFive, { x: 0 });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(10).build();
  const result = await new BatchRuntime({ collectMetrics: true, onFailure: "continue" }).execute(flow);
  expect([result.metrics!.nodeTimes["step"]!.count, result.cycles["loop"]!.iterations]).toEqual([5, 4]);
});
