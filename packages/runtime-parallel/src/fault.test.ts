import { Workflow, type WorkflowError } from "@polyloom/core";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { homeOnly } from "./broken-module.fixture.ts";
import {
  addOne,
  exit,
  fillBuffers,
  fillHeap,
  giveBytes,
  giveOdd,
  never,
  postToParent,
  spin,
  throwAside,
  throwLater,
  wait,
} from "./fault.fixture.ts";
import type { ParallelRuntimeOptions } from "./parallel-options.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";

const LIMIT = 256 * 2 ** 20;
let runtime: ParallelRuntime;

function create(options: ParallelRuntimeOptions = {}): ParallelRuntime {
  return (runtime = new ParallelRuntime({ maxWorkers: 1, env: QUICK_START, ...options }));
}

afterEach(() => runtime.close());

/** A workflow of one node. */
function only(add: (flow: Workflow) => unknown): Workflow {
  const flow = new Workflow("fault");
  add(flow);
  return flow;
}

async function failure(flow: Workflow, options?: RuntimeOptions): Promise<WorkflowError> {
  return runtime.execute(flow, options).then(
    () => expect.unreachable("the run was to fail"),
    (error: unknown) => error as WorkflowError,
  );
}

async function goesOn(): Promise<void> {
  const result = await runtime.execute(only((flow) => flow.addNode("one", addOne, { value: 1 })));
  expect(result.results).toEqual({ one: { value: 2 } });
}

describe("K2 E1 · the fault of a node is its own, and the pool goes on", () => {
  test("process.exit", async () => {
    create();
    const error = await failure(only((flow) => flow.addNode("quit", exit, { code: 3 })));
    expect(error).toMatchObject({ code: "place_lost", nodeId: "quit", details: { exitCode: 3 } });
    await goesOn();
  });

  test("process.exit, and a retry that stays", async () => {
    create({ retry: { attempts: 3 } });
    const result = await runtime.execute(only((flow) => flow.addNode("quit", exit, { code: 1, until: 2 })));
    expect(result.nodes["quit"]).toMatchObject({ status: "completed", attempts: 3 });
    expect(runtime.workers()[0]?.starts).toBe(3);
  });

  test("an endless loop is ended by force after its time and the grace period", async () => {
    create({ graceMs: 10 });
    const error = await failure(only((flow) => flow.addNode("spin", spin, {})));
    expect(error).toMatchObject({ code: "node_timeout", nodeId: "spin", details: { timeoutMs: 30 } });
    await goesOn();
    expect(runtime.workers()[0]?.starts).toBe(2);
  });

  test("a node that never settles is ended by force after a cancel", async () => {
    create({ graceMs: 10 });
    const controller = new AbortController();
    const onEvent = ({ type }: { type: string }): void => void (type === "node.progress" && controller.abort());
    const options = { signal: controller.signal, observers: [{ onEvent }] };
    expect(
      (
        await failure(
          only((flow) => flow.addNode("never", never, {})),
          options,
        )
      ).code,
    ).toBe("cancelled");
    await goesOn();
    expect(runtime.workers()[0]?.starts).toBe(2);
  });

  test("a heap that is full", async () => {
    // The engine tries hard before it gives up: the more so, the larger the heap.
    create({ memoryLimit: "64MB" });
    const error = await failure(only((flow) => flow.addNode("fill", fillHeap, {})));
    expect(error).toMatchObject({ code: "memory_limit_exceeded", nodeId: "fill", details: { limit: 2 ** 26 } });
    await goesOn();
  }, 60_000);

  test("buffers, which V8 does not count", async () => {
    create({ memoryLimit: "256MB" });
    const error = await failure(only((flow) => flow.addNode("fill", fillBuffers, {})));
    expect(error).toMatchObject({ code: "memory_limit_exceeded", nodeId: "fill", details: { limit: LIMIT } });
    expect(Number(error.details["size"])).toBeGreaterThan(LIMIT);
    await goesOn();
  });

  test.each([
    ["function", "invalid_output", "give"],
    ["inside", "not_transferable", "give.rows[1].call"],
    ["proxy", "not_transferable", "give.rows[0]"],
    ["detached", "not_transferable", "detached"],
  ] as const)("a result that cannot leave: %s", async (odd, code, text) => {
    create();
    const error = await failure(only((flow) => flow.addNode("give", giveOdd, { odd })));
    expect(error).toMatchObject({ code, nodeId: "give", message: expect.stringContaining(text) as string });
    await goesOn();
  });

  test("D4 · a result above the memory limit is refused before it is sent", async () => {
    create({ memoryLimit: LIMIT });
    const error = await failure(only((flow) => flow.addNode("give", giveBytes, { bytes: LIMIT + 1 })));
    // The guard may have seen it first.
    if (error.code === "memory_limit_exceeded") return;
    expect(error).toMatchObject({ code: "size_limit_exceeded", nodeId: "give", details: { limit: LIMIT } });
    await goesOn();
  });

  test("D4 · an input above the memory limit is refused before it is sent", async () => {
    create({ memoryLimit: "64MB" });
    const rows = ["x".repeat(2 ** 27)];
    const flow = only((each) => each.addNode("wait", wait, { ms: 0, after: rows }));
    expect(await failure(flow)).toMatchObject({ code: "size_limit_exceeded", nodeId: "wait" });
    await goesOn();
  });

  test("only what ran there fails: another worker's node completes", async () => {
    create({ maxWorkers: 2, onFailure: "continue" });
    const flow = only((each) => {
      each.addNode("quit", exit, { code: 1 });
      each.addNode("wait", wait, { ms: 20 });
    });
    const { nodes, errors } = await runtime.execute(flow);
    expect([nodes["quit"]?.status, nodes["wait"]?.status]).toEqual(["failed", "completed"]);
    expect(errors.map(({ code }) => code)).toEqual(["place_lost"]);
  });
});

test("what a node says to the thread that it was started from harms nobody", async () => {
  create();
  const result = await runtime.execute(only((flow) => flow.addNode("post", postToParent, {})));
  expect(result.nodes["post"]?.status).toBe("completed");
  await goesOn();
});

describe("what a node leaves behind", () => {
  test.each([
    ["timer", "left behind"],
    ["promise", "left behind"],
    ["exit", "process.exit() was called after the node's end"],
  ] as const)("a late throw fails nobody, and is logged: %s", async (how, text) => {
    const logged = Promise.withResolvers<unknown>();
    const logger = { error: logged.resolve, warn: () => undefined, child: () => logger };
    create({ logger: logger as unknown as NonNullable<RuntimeOptions["logger"]> });
    const flow = only((each) => {
      const late = each.addNode("late", throwLater, { how });
      each.addNode("innocent", wait, { ms: 30, after: late.out.done });
    });
    expect((await runtime.execute(flow)).nodes["innocent"]?.status).toBe("completed");
    const message = expect.stringContaining(text) as string;
    expect(await logged.promise).toMatchObject({ nodeId: "late", err: { code: "late_error", message } });
    expect(runtime.workers()[0]?.starts).toBe(1);
  });

  test("a throw beside a node that still runs fails that node", async () => {
    create();
    const error = await failure(only((flow) => flow.addNode("aside", throwAside, {})));
    expect(error).toMatchObject({
      code: "node_failed",
      nodeId: "aside",
      cause: { name: "RangeError", message: "left behind" },
    });
    await goesOn();
  });
});

describe("D5 · what cannot be found is refused before any node starts", () => {
  test("a module that throws when it is imported", async () => {
    create();
    const started: string[] = [];
    const onEvent = ({ type }: { type: string }): void => void started.push(type);
    const error = await failure(
      only((flow) => flow.addNode("home", homeOnly, {})),
      { observers: [{ onEvent }] },
    );
    const details = {
      node: "homeOnly",
      reason: "import_failed",
      line: expect.any(Number) as number,
      remedy: expect.any(String) as string,
    };
    expect(error).toMatchObject({
      code: "node_not_portable",
      details,
      message: expect.stringContaining("this module needs") as string,
    });
    expect(started).toEqual([]);
    await goesOn();
  });
});
