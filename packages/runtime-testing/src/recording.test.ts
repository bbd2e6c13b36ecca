import { defineNode, Workflow } from "@polyloom/core";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { TestingRuntime } from "./index.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "polyloom-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const anything = z.any();
let calls = 0;

const load = defineNode({
  name: "load",
  input: z.object({ path: z.string() }),
  output: z.object({ value: anything }),
  run: async ({ path }) => {
    calls++;
    await new Promise((resolve) => setImmediate(resolve));
    return { value: new Map([[new Date(0), { path, bytes: new Float64Array([1, Number.NaN]), big: 3n }]]) };
  },
});
const count = defineNode({
  name: "count",
  input: z.object({ value: anything }),
  output: z.object({ size: z.number() }),
  run: ({ value }) => {
    calls++;
    return { size: (value as Map<unknown, unknown>).size };
  },
});
const flaky = defineNode({
  name: "flaky",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  retry: { attempts: 3, delayMs: 1 },
  run: ({ x }, { attempt }) => {
    calls++;
    if (attempt === 1) throw Object.assign(new RangeError("first attempt"), { code: "E_FIRST" });
    return { x: x + 1 };
  },
});

function recorded(path = "a.csv", start = 0) {
  const flow = new Workflow("recorded");
  const source = flow.addNode("source", load, { path });
  const size = flow.addNode("size", count, { value: source.out.value });
  const step = flow.addNode("step", flaky, { x: start });
  flow.addMap("each", flaky, { each: { x: [10, 20] } });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(3).build();
  return { flow, source, size, step };
}

async function record(name: string, flow = recorded().flow): Promise<{ path: string; results: unknown }> {
  const path = join(folder, "deep", `${name}.json`);
  const result = await new TestingRuntime().recordTo(path).execute(flow);
  return { path, results: result.results };
}

test("a recorded run is replayed without running anything real", async () => {
  const { path, results } = await record("whole");
  calls = 0;
  const runtime = new TestingRuntime().replayFrom(path);
  const result = await runtime.execute(recorded().flow);
  expect(calls).toBe(0);
  expect(result.results).toEqual(results);
  expect(result.nodes["step"]?.attempts).toBe(2);
  expect(runtime.getNodeCalls("source")[0]?.answeredBy).toBe("recording");
  const [failed] = runtime.getNodeCalls("step");
  expect(failed?.error).toBeInstanceOf(RangeError);
  expect(failed?.error).toMatchObject({ message: "first attempt", code: "E_FIRST" });
  await runtime.execute(recorded().flow);
});

test("the file is JSON with a line for each call, and plain data is plain", async () => {
  const { path } = await record("readable");
  const text = readFileSync(path, "utf8");
  const document = JSON.parse(text) as { format: string; workflow: string; calls: object[] };
  expect(document).toMatchObject({ format: "polyloom-recording", version: 1, workflow: "recorded" });
  expect(text).toContain('{"node":"step","attempt":2,"iteration":1,"input":{"x":0},"output":{"x":1}}');
  expect(text).toContain('{"node":"each","attempt":2,"index":1,"input":{"x":20},"output":{"x":21}}');
  expect(document.calls).toHaveLength(text.split("\n").filter((line) => line.startsWith('    {"node"')).length);
});

test("other inputs than the recorded ones give replay_mismatch, with node and port", async () => {
  const { path } = await record("inputs");
  const run = new TestingRuntime().replayFrom(path).execute(recorded("b.csv").flow);
  await expect(run).rejects.toMatchObject({
    code: "replay_mismatch",
    nodeId: "source",
    message: expect.stringContaining("path"),
  });
});

test("a call that was not recorded gives replay_mismatch, and nothing real runs", async () => {
  const { path } = await record("calls");
  const { flow, size } = recorded();
  flow.addNode("more", flaky, { x: size.out.size });
  calls = 0;
  await expect(new TestingRuntime().replayFrom(path).execute(flow)).rejects.toMatchObject({
    code: "replay_mismatch",
    nodeId: "more",
  });
  expect(calls).toBe(0);
});

test("what was set for a node comes before the recording", async () => {
  const { path } = await record("fault");
  const { flow, source } = recorded();
  const runtime = new TestingRuntime().replayFrom(path).setNodeError(source, new Error("disk gone"));
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "node_failed", nodeId: "source" });
});

test("the time of a recorded call is virtual when it is replayed", async () => {
  const path = join(folder, "timed.json");
  const { flow, source } = recorded();
  await new TestingRuntime().setNodeLatency(source, 3_600_000).recordTo(path).execute(flow);
  const runtime = new TestingRuntime().replayFrom(path);
  await runtime.execute(recorded().flow);
  expect(runtime.getMakespan()).toBeGreaterThanOrEqual(3_600_000);
});

test("a call that never ended is ended by its timeout again", async () => {
  const stuck = defineNode({
    name: "stuck",
    input: z.object({}),
    output: z.object({ x: z.number() }),
    timeoutMs: 5,
    run: () => new Promise<{ x: number }>(() => undefined),
  });
  const flow = new Workflow("stuck");
  flow.addNode("stuck", stuck, {});
  const path = join(folder, "stuck.json");
  await expect(new TestingRuntime({ graceMs: 0 }).recordTo(path).execute(flow)).rejects.toMatchObject({
    code: "node_timeout",
  });
  const runtime = new TestingRuntime({ graceMs: 0 }).replayFrom(path);
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "node_timeout" });
  expect(runtime.getMakespan()).toBe(5);
});

test("what a file cannot hold fails its node with not_transferable and the path", async () => {
  const odd = defineNode({
    name: "odd",
    input: z.object({}),
    output: z.object({ rows: anything }),
    run: () => ({ rows: [{ fn: () => 1 }] }),
  });
  const flow = new Workflow("odd");
  flow.addNode("odd", odd, {});
  const run = new TestingRuntime().recordTo(join(folder, "odd.json")).execute(flow);
  await expect(run).rejects.toMatchObject({ code: "not_transferable", message: expect.stringContaining("rows[0].fn") });
});

test("a missing file, and one that is no recording, are refused at once", () => {
  const runtime = new TestingRuntime();
  expect(() => runtime.replayFrom(join(folder, "none.json"))).toThrow(
    expect.objectContaining({ code: "invalid_option" }),
  );
  for (const text of ["{}", "not json", "null", '{"format":"polyloom-recording","version":2,"calls":[]}']) {
    writeFileSync(join(folder, "bad.json"), text);
    expect(() => runtime.replayFrom(join(folder, "bad.json"))).toThrow(
      expect.objectContaining({ code: "decode_failed" }),
    );
  }
});
