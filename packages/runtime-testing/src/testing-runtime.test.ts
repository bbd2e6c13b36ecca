import { defineNode, Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { items, sequence, TestingRuntime } from "./index.ts";

const number = z.number();

const read = defineNode({
  name: "read",
  input: z.object({ path: z.string() }),
  output: z.object({ rows: z.array(number) }),
  run: () => {
    throw new Error("this test must not read");
  },
});

const sum = defineNode({
  name: "sum",
  input: z.object({ rows: z.array(number) }),
  output: z.object({ total: number }),
  run: ({ rows }) => ({ total: rows.reduce((a, b) => a + b, 0) }),
});

const double = defineNode({
  name: "double",
  input: z.object({ value: number, by: number.default(2) }),
  output: z.object({ doubled: number }),
  run: ({ value, by }) => ({ doubled: value * by }),
});

const step = defineNode({
  name: "step",
  input: z.object({ x: number }),
  output: z.object({ x: number }),
  run: ({ x }) => ({ x: x + 1 }),
});

function reading() {
  const flow = new Workflow("reading");
  const source = flow.addNode("source", read, { path: "a.csv" });
  const total = flow.addNode("total", sum, { rows: source.out.rows });
  return { flow, source, total };
}

function mapping(values: readonly number[]) {
  const flow = new Workflow("mapping");
  const map = flow.addMap("double", double, { each: { value: values } });
  const total = flow.addNode("total", sum, { rows: map.out.doubled });
  return { flow, map, total };
}

function looping(iterations: number) {
  const flow = new Workflow("looping");
  const first = flow.addNode("first", step, { x: 0 });
  flow.createCycle("loop").connect(first.out.x, first.in.x).maxIterations(iterations).build();
  return { flow, first };
}

test("a response by handle answers, the nodes behind it run for real", async () => {
  const { flow, source, total } = reading();
  const runtime = new TestingRuntime().setNodeResponse(source, { rows: [1, 2, 3] });
  const result = await runtime.execute(flow);
  expect(result.get(total)).toEqual({ total: 6 });
  expect(runtime.getExecutionOrder()).toEqual(["source", "total"]);
  expect(runtime.getNodeCallCount(source)).toBe(1);
});

test("a response by id answers", async () => {
  const runtime = new TestingRuntime().setNodeResponse("source", { rows: [4] });
  expect((await runtime.execute(reading().flow)).results.total).toEqual({ total: 4 });
});

test("a function answers by inputs and call number", async () => {
  const { flow, first } = looping(3);
  const runtime = new TestingRuntime().setNodeResponse(first, ({ x }, call) => ({ x: x + 10 * call.number }));
  expect((await runtime.execute(flow)).get(first)).toEqual({ x: 60 });
});

test("a sequence answers one call each and its last answer repeats, in a cycle too", async () => {
  const { flow, first } = looping(4);
  const runtime = new TestingRuntime().setNodeResponse(first, sequence({ x: 1 }, { x: 5 }));
  const result = await runtime.execute(flow);
  expect(runtime.getNodeCalls(first).map(({ outputs }) => outputs?.x)).toEqual([1, 5, 5, 5]);
  expect(result.cycles["loop"]?.iterations).toBe(4);
  expect(runtime.getExecutionOrder()).toEqual(["first", "first", "first", "first"]);
});

test("a list as a response is one answer, which the runtime refuses as outputs", async () => {
  const runtime = new TestingRuntime().setNodeResponse("source", [{ rows: [1] }, { rows: [2] }]);
  await expect(runtime.execute(reading().flow)).rejects.toMatchObject({ code: "invalid_output", nodeId: "source" });
});

test("a mocked output is checked like a real one", async () => {
  const runtime = new TestingRuntime({ connectionValidation: "strict" }).setNodeResponse("source", { rows: ["1"] });
  await expect(runtime.execute(reading().flow)).rejects.toMatchObject({ code: "connection_invalid", nodeId: "source" });
});

test("an error without times is thrown on every attempt, until a response replaces it", async () => {
  const { flow, source } = reading();
  const runtime = new TestingRuntime({ retry: { attempts: 3 } }).setNodeError(source, new RangeError("simulated"));
  await expect(runtime.execute(flow)).rejects.toMatchObject({
    nodeId: "source",
    attempt: 3,
    cause: expect.any(RangeError),
  });
  expect(runtime.getNodeCallCount("source")).toBe(3);
  expect(runtime.getExecutionOrder()).toEqual(["source"]);
  runtime.setNodeResponse(source, { rows: [1] });
  expect((await runtime.execute(flow)).status).toBe("completed");
});

test.each(["before", "after"])("an error with times is thrown that often, set %s the response", async (when) => {
  const { flow, source } = reading();
  const runtime = new TestingRuntime({ retry: { attempts: 3, delayMs: 20_000, backoff: "fixed" } });
  if (when === "before") runtime.setNodeError(source, "simulated", { times: 2 });
  runtime.setNodeResponse(source, { rows: [7] });
  if (when === "after") runtime.setNodeError(source, "simulated", { times: 2 });
  const result = await runtime.execute(flow);
  expect(result.nodes["source"]?.attempts).toBe(3);
  expect(runtime.getMakespan()).toBe(40_000);
  expect(runtime.getNodeCalls(source).map(({ status, error }) => [status, error])).toEqual([
    ["failed", "simulated"],
    ["failed", "simulated"],
    ["completed", undefined],
  ]);
});

test("in strict mode a node without a response fails with response_missing, without another attempt, and is told what to add", async () => {
  const runtime = new TestingRuntime({ strict: true, retry: { attempts: 3 } }).setNodeResponse("source", { rows: [] });
  const error = await runtime.execute(reading().flow).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "response_missing", nodeId: "total", attempt: 1 });
  expect(String(error)).toContain('setNodeResponse("total"');
});

test("a response for an unknown node is refused before anything runs", async () => {
  const runtime = new TestingRuntime().setNodeResponse("sourse", { rows: [] });
  expect(runtime.check(reading().flow).map(({ code }) => code)).toEqual(["unknown_node"]);
  await expect(runtime.execute(reading().flow)).rejects.toMatchObject({ code: "unknown_node" });
  expect(runtime.getExecutionOrder()).toEqual([]);
});

test("a default response answers for every node that has none", async () => {
  const runtime = new TestingRuntime({ strict: true })
    .setDefaultResponse((_inputs, { context }) => (context.nodeId === "source" ? { rows: [2] } : { total: 9 }))
    .setNodeResponse("source", { rows: [1] });
  const { results } = await runtime.execute(reading().flow);
  expect(results).toEqual({ source: { rows: [1] }, total: { total: 9 } });
});

test("a node without a response runs for real, and its calls are noted", async () => {
  const { flow, total, source } = reading();
  const runtime = new TestingRuntime().setNodeResponse(source, { rows: [1, 2] });
  await runtime.execute(flow, { runId: "run-1" });
  expect(runtime.getNodeCalls(total)).toEqual([
    {
      number: 1,
      runId: "run-1",
      inputs: { rows: [1, 2] },
      outputs: { total: 3 },
      error: undefined,
      status: "completed",
      answeredBy: "node",
      attempt: 1,
      iteration: 0,
      index: undefined,
      startMs: 0,
      endMs: 0,
    },
  ]);
});

test("a response to a map answers one item, whose index it knows", async () => {
  const { flow, map } = mapping([1, 2, 3]);
  const runtime = new TestingRuntime().setNodeResponse(items(map), ({ value }, { index }) => ({
    doubled: value * 100 + index!,
  }));
  const result = await runtime.execute(flow);
  expect(result.get(map)).toEqual({ doubled: [100, 201, 302] });
  expect(runtime.getNodeCallCount(map)).toBe(3);
  expect(runtime.getNodeCalls(items(map)).map(({ index, outputs }) => [index, outputs?.doubled])).toEqual([
    [0, 100],
    [1, 201],
    [2, 302],
  ]);
  expect(runtime.getExecutionOrder()).toEqual(["double", "total"]);
});

test("a map starts once in each iteration, also where nested cycles repeat the iteration's number", async () => {
  const flow = new Workflow("nested");
  const map = flow.addMap("double", double, { each: { value: [1, 2] } });
  const inner = flow.addNode("inner", sum, { rows: map.out.doubled });
  const outer = flow.addNode("outer", step, { x: inner.out.total });
  flow.createCycle("inside").connect(inner.out.total, map.in.by).maxIterations(1).build();
  flow.createCycle("outside").connect(outer.out.x, map.in.by).maxIterations(3).build();
  const runtime = new TestingRuntime().setNodeResponse(items(map), { doubled: 1 });
  await runtime.execute(flow);
  expect(runtime.getExecutionOrder().join(" ")).toBe(Array(3).fill("double inner outer").join(" "));
  expect(runtime.getNodeCallCount(map)).toBe(6);
});

test("a map by its bare handle stands for whole lists: its mock and its calls are refused", async () => {
  const { flow, map } = mapping([1]);
  const runtime = new TestingRuntime().setNodeResponse(map, { doubled: [1] });
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "invalid_option" });
  await runtime.reset().execute(flow);
  expect(() => runtime.getNodeCalls(map)).toThrow(/items\(handle\)/);
});

test("a skipped node is in no order and has no calls", async () => {
  const { flow } = reading();
  const runtime = new TestingRuntime().setNodeError("source", new Error("gone"));
  const result = await runtime.execute(flow, { onFailure: "continue" });
  expect(result.nodes["total"]?.status).toBe("skipped");
  expect(runtime.getExecutionOrder()).toEqual(["source"]);
  expect(runtime.getNodeCallCount("total")).toBe(0);
});

test("reset forgets responses, errors, latencies and calls", async () => {
  const { flow } = looping(2);
  const runtime = new TestingRuntime().setNodeResponse("first", { x: 50 }).setNodeLatency("first", 5);
  await runtime.execute(flow);
  expect(runtime.getMakespan()).toBe(10);
  const result = await runtime.reset().execute(flow);
  expect(result.results.first).toEqual({ x: 2 });
  expect(runtime.getMakespan()).toBe(0);
  expect(runtime.getNodeCallCount("first")).toBe(2);
});

test.each([
  [{ maxConcurrency: 0 }, "maxConcurrency"],
  [{ maxConcurrency: 1.5 }, "maxConcurrency"],
  [{ strict: 1 as never }, "strict"],
  [{ seed: Number.NaN }, "seed"],
  [{ maxConcurency: 1 } as object, "maxConcurency"],
])("the option of %j is refused and named", (options, name) => {
  expect(() => new TestingRuntime(options)).toThrow(
    expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(name) }),
  );
});

test("what is no target, response, latency or number of times is refused", () => {
  const runtime = new TestingRuntime();
  const refusal = expect.objectContaining({ code: "invalid_option" });
  expect(() => runtime.setNodeResponse("", {})).toThrow(refusal);
  expect(() => runtime.setNodeResponse(undefined as never, {})).toThrow(refusal);
  expect(() => runtime.setNodeResponse("a", undefined as never)).toThrow(refusal);
  expect(() => runtime.setNodeLatency("a", -1)).toThrow(refusal);
  expect(() => runtime.setNodeLatency("a", Number.POSITIVE_INFINITY)).toThrow(refusal);
  expect(() => runtime.setNodeError("a", new Error("x"), { times: 0 })).toThrow(refusal);
  expect(() => (sequence as () => unknown)()).toThrow(refusal);
});

test("C9 · of a node in a cycle the newest calls are kept, and all are counted", async () => {
  const { flow, first } = looping(250);
  const runtime = new TestingRuntime();
  await runtime.execute(flow);
  expect(runtime.getNodeCallCount(first)).toBe(250);
  expect(runtime.getNodeCalls(first).map(({ number }) => number)).toEqual(
    Array.from({ length: 100 }, (_, i) => 151 + i),
  );
  const all = new TestingRuntime({ callWindow: Number.POSITIVE_INFINITY });
  await all.execute(flow);
  expect(all.getNodeCalls(first)).toHaveLength(250);
});
