import { defineNode, Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { sequence, TestingRuntime } from "./index.ts";

const number = z.number();
const step = defineNode({
  name: "step",
  input: z.object({ x: number }),
  output: z.object({ x: number }),
  run: ({ x }) => ({ x: x + 1 }),
});

function nested() {
  const inner = new Workflow("inner", { input: z.object({ x: number }), output: z.object({ y: number }) });
  const deep = inner.addNode("deep", step, { x: inner.input.x });
  inner.setOutput({ y: deep.out.x });
  const middle = new Workflow("middle", { input: z.object({ x: number }), output: z.object({ y: number }) });
  const first = middle.addNode("inner", inner, { x: middle.input.x });
  const last = middle.addNode("last", step, { x: first.out.y });
  middle.setOutput({ y: last.out.x });
  const flow = new Workflow("outer");
  const before = flow.addNode("before", step, { x: 0 });
  const sub = flow.addNode("sub", middle, { x: before.out.x });
  const after = flow.addNode("after", step, { x: sub.out.y });
  return { flow, sub, after };
}

test("a sub-workflow is mocked as a whole by its handle, and the others run as before", async () => {
  const { flow, sub, after } = nested();
  const runtime = new TestingRuntime().setNodeResponse(sub, ({ x }) => ({ y: x * 100 })).setNodeLatency(sub, 7);
  const result = await runtime.execute(flow);
  expect(result.get(sub)).toEqual({ y: 100 });
  expect(result.get(after)).toEqual({ x: 101 });
  expect(runtime.getExecutionOrder()).toEqual(["before", "sub", "after"]);
  expect(runtime.getMakespan()).toBe(7);
  expect((await runtime.reset().execute(flow)).get(after)).toEqual({ x: 4 });
});

test("a sub-workflow inside another is mocked by its path", async () => {
  const { flow, sub } = nested();
  const runtime = new TestingRuntime().setNodeResponse("sub/inner", { y: 50 });
  const result = await runtime.execute(flow);
  expect(result.get(sub)).toEqual({ y: 51 });
  expect(runtime.getExecutionOrder()).toEqual(["before", "sub/inner", "sub/last", "after"]);
});

test("a node inside a sub-workflow is mocked by its path", async () => {
  const { flow, sub } = nested();
  const runtime = new TestingRuntime().setNodeResponse("sub/inner/deep", { x: 7 });
  expect((await runtime.execute(flow)).get(sub)).toEqual({ y: 8 });
});

test("a mocked sub-workflow repeats in a cycle, and its outputs are checked", async () => {
  const { flow, sub } = nested();
  flow.createCycle("loop").connect(sub.out.y, sub.in.x).maxIterations(3).build();
  const runtime = new TestingRuntime({ connectionValidation: "strict" }).setNodeResponse(
    sub,
    sequence({ y: 1 }, { y: 2 }),
  );
  const result = await runtime.execute(flow);
  expect(runtime.getNodeCalls(sub).map(({ inputs }) => inputs.x)).toEqual([1, 1, 2]);
  expect(result.cycles["loop"]?.iterations).toBe(3);
  runtime.setNodeResponse("sub", { y: "2" });
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "connection_invalid", nodeId: "sub" });
});

test("a sub-workflow whose error is used up has nothing to run: response_missing", async () => {
  const { flow, sub } = nested();
  const runtime = new TestingRuntime({ retry: { attempts: 2 } }).setNodeError(sub, new Error("simulated"), {
    times: 1,
  });
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "response_missing", nodeId: "sub" });
});

test("a latency alone cannot be given to a sub-workflow", async () => {
  const { flow, sub } = nested();
  const runtime = new TestingRuntime().setNodeLatency(sub, 5);
  expect(runtime.check(flow)).toMatchObject([{ code: "invalid_option", place: "sub" }]);
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "invalid_option" });
});
