import { type OutRef, type RunEvent, Workflow } from "@polyloom/core";
import { afterEach, describe, expect, test } from "vitest";
import type { ParallelRuntimeOptions } from "./parallel-options.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";
import { lookAround, stayHere, work, writeShared } from "./worker.fixture.ts";

let runtime: ParallelRuntime;
function create(options: ParallelRuntimeOptions = {}): ParallelRuntime {
  return (runtime = new ParallelRuntime({ maxWorkers: 2, env: QUICK_START, ...options }));
}
afterEach(() => runtime.close());

describe("a worker", () => {
  test("has the environment that it is given, and no other", async () => {
    create({ env: { ...QUICK_START, POLYLOOM_TEST: "here" } });
    const flow = new Workflow("env");
    const look = flow.addNode("look", lookAround, {});
    expect((await runtime.execute(flow)).get(look).env).toBe("here");
    expect(process.env["POLYLOOM_TEST"]).toBeUndefined();
  });

  test("has flags of its own beside those that say how modules load", async () => {
    create({ execArgv: ["--no-deprecation"] });
    const flow = new Workflow("flags");
    const look = flow.addNode("look", lookAround, {});
    const { execArgv } = (await runtime.execute(flow)).get(look);
    expect(execArgv).toEqual(expect.arrayContaining(["--no-deprecation", "--conditions=polyloom-source"]));
  });

  test("cannot have every flag: those that it cannot have are named", async () => {
    create({ execArgv: ["--expose-gc"] });
    const flow = new Workflow("flags");
    flow.addNode("look", lookAround, {});
    const message = expect.stringContaining("--expose-gc") as string;
    await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "invalid_option", message });
  });

  test("is not the calling thread, and says where it ran", async () => {
    create();
    const flow = new Workflow("where");
    const look = flow.addNode("look", lookAround, {});
    const result = await runtime.execute(flow);
    expect(result.get(look).threadId).toBeGreaterThan(0);
    expect(result.nodes["look"]?.where).toBe("worker 1");
  });

  test("is shared by runs at once, each in its turn", async () => {
    create({ maxWorkers: 1 });
    const flows = Array.from({ length: 5 }, (_, at) => {
      const flow = new Workflow(`run ${at}`);
      flow.addNode("work", work, { ms: 1, value: at });
      return flow;
    });
    const results = await Promise.all(flows.map((flow) => runtime.execute(flow)));
    expect(results.map(({ results: { work: output } }) => output)).toEqual([0, 1, 2, 3, 4].map((value) => ({ value })));
  });

  test("D3 · sees memory that its author shares", async () => {
    create();
    const shared = new SharedArrayBuffer(8);
    const flow = new Workflow("shared");
    const write = flow.addNode("write", writeShared, { shared });
    const result = await runtime.execute(flow);
    expect(new Int32Array(shared)[0]).toBe(7);
    expect(new Int32Array(result.get(write).shared)[0]).toBe(7);
  });
});

test("inline: true keeps a node on the calling thread, with copies of what it is given", async () => {
  create();
  const flow = new Workflow("inline");
  const list = flow.addNode("list", work, { ms: 0, value: [1, 2] });
  const given = list.out.value as OutRef<number[]>;
  const here = flow.addNode("here", stayHere, { list: given });
  const after = flow.addNode("after", work, { ms: 0, value: given, after: here.out.threadId });
  const result = await runtime.execute(flow);
  expect(result.get(here)).toEqual({ threadId: 0, list: [1, 2, 0] });
  expect([result.get(list).value, result.get(after).value]).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

describe("runtime.workers()", () => {
  test("tells nothing before the first run, and nothing of bytes without metrics", async () => {
    create();
    expect(runtime.workers()).toEqual([]);
    const flow = new Workflow("one");
    flow.addNode("work", work, { ms: 1, value: "x".repeat(1000) });
    await runtime.execute(flow);
    const [first, second] = runtime.workers();
    expect(first).toMatchObject({ worker: 1, starts: 1, tasks: 1, bytesSent: 0, bytesReceived: 0 });
    expect(second).toMatchObject({ worker: 2, starts: 0, tasks: 0, busyMs: 0, waitMs: 0 });
  });

  test.each([true, false])(
    "tells how long each was busy, how long work waited, and how much moved, fuse: %s",
    async (fuse) => {
      create({ collectMetrics: true, maxWorkers: 1, fuse });
      const flow = new Workflow("one");
      flow.addNode("work", work, { ms: 20, value: "x".repeat(1000) });
      await runtime.execute(flow);
      const [worker] = runtime.workers();
      expect(worker!.busyMs).toBeGreaterThan(15);
      expect(worker!.waitMs).toBeGreaterThan(0);
      expect(worker!.bytesReceived).toBeGreaterThan(1000);
    },
  );
});

test("O1 · what a node tells arrives before its end, fused or not", async () => {
  for (const fuse of [true, false]) {
    await using own = new ParallelRuntime({ maxWorkers: 1, fuse, env: QUICK_START });
    const flow = new Workflow("told");
    flow.addNode("work", work, { ms: 0, value: 1 });
    const types: RunEvent["type"][] = [];
    await own.execute(flow, { observers: [{ onEvent: ({ type }) => void types.push(type) }] });
    expect(types).toEqual(["run.started", "node.started", "node.completed", "run.ended"]);
  }
  create();
});
