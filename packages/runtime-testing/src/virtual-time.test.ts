import { defineNode, Workflow } from "@polyloom/core";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { items, TestingRuntime } from "./index.ts";

const HOUR = 3_600_000;
const number = z.number();
const pass = defineNode({
  name: "pass",
  input: z.object({ x: number.default(0), after: z.array(number).default([]) }),
  output: z.object({ x: number }),
  run: ({ x }) => ({ x }),
});

/** A diamond: a, then b and c, then d. */
function diamond() {
  const flow = new Workflow("diamond");
  const a = flow.addNode("a", pass, {});
  const b = flow.addNode("b", pass, { after: [a.out.x] });
  const c = flow.addNode("c", pass, { after: [a.out.x] });
  const d = flow.addNode("d", pass, { after: [b.out.x, c.out.x] });
  return { flow, a, b, c, d };
}

function fan(count: number) {
  const flow = new Workflow("fan");
  const starts = Array.from({ length: count }, (_, i) => flow.addNode(`n${i}`, pass, {}));
  for (const [i, start] of starts.entries()) flow.addNode(`after${i}`, pass, { after: [start.out.x] });
  return flow;
}

afterEach(() => void vi.useRealTimers());

test.each([
  [Number.POSITIVE_INFINITY, 8 * HOUR],
  [1, 10 * HOUR],
])(
  "with %d tasks at once hours of latency take no time, and the makespan is exact",
  async (maxConcurrency, makespan) => {
    const { flow, a, b, c, d } = diamond();
    const runtime = new TestingRuntime({ maxConcurrency })
      .setNodeLatency(a, HOUR)
      .setNodeLatency(b, 2 * HOUR)
      .setNodeLatency(c, 4 * HOUR)
      .setNodeLatency(d, 3 * HOUR);
    await runtime.execute(flow);
    expect(runtime.getMakespan()).toBe(makespan);
    const [call] = runtime.getNodeCalls(d);
    expect(call).toMatchObject({ startMs: makespan - 3 * HOUR, endMs: makespan });
  },
);

test("a limit of tasks holds in virtual time, and no slot is idle while a node is ready", async () => {
  const runtime = new TestingRuntime({ maxConcurrency: 2 }).setDefaultResponse({ x: 0 });
  for (let i = 0; i < 5; i++) runtime.setNodeLatency(`n${i}`, 10);
  await runtime.execute(fan(5));
  expect(runtime.getMakespan()).toBe(30);
  const starts = [0, 1, 2, 3, 4].map((i) => runtime.getNodeCalls(`n${i}`)[0]?.startMs);
  expect(starts).toEqual([0, 0, 10, 10, 20]);
});

test("a node's timeout interrupts a mock in virtual time", async () => {
  const { flow, b } = diamond();
  const runtime = new TestingRuntime({ nodeTimeoutMs: HOUR }).setNodeLatency(b, 2 * HOUR);
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "node_timeout", nodeId: "b" });
  expect(runtime.getMakespan()).toBe(HOUR);
});

test("a run's timeout and a cycle's are virtual too", async () => {
  const { flow, a } = diamond();
  flow.createCycle("loop").connect(a.out.x, a.in.x).timeout(10).build();
  const runtime = new TestingRuntime().setNodeLatency(a, 4);
  const result = await runtime.execute(flow);
  expect(result.cycles["loop"]).toMatchObject({ iterations: 2, reason: "timeout", elapsedMs: 10 });
  await expect(runtime.execute(flow, { timeoutMs: 7 })).rejects.toMatchObject({ code: "run_timeout" });
  expect(runtime.getMakespan()).toBe(7);
});

test("the jitter of retries follows the seed", async () => {
  const makespan = async (seed: number): Promise<number> => {
    const retry = { attempts: 5, delayMs: 100, jitter: 1 };
    const runtime = new TestingRuntime({ seed, retry }).setNodeError("a", new Error("simulated"), { times: 4 });
    await runtime.execute(diamond().flow);
    const first = runtime.getMakespan();
    await runtime.setNodeError("a", new Error("simulated"), { times: 4 }).execute(diamond().flow);
    expect(runtime.getMakespan()).toBe(first);
    return first;
  };
  expect(await makespan(7)).toBe(await makespan(7));
  expect(await makespan(7)).not.toBe(await makespan(8));
  expect(await makespan(7)).toBeGreaterThan(1500);
});

test("mocks that end at one moment end in the order of their starts, and in one order for each seed", async () => {
  const orderOf = async (seed?: number): Promise<string> => {
    const runtime = new TestingRuntime(seed === undefined ? {} : { seed });
    for (let i = 0; i < 8; i++) runtime.setNodeLatency(`n${i}`, 10);
    await runtime.execute(fan(8));
    return runtime.getExecutionOrder().slice(8).join(" ");
  };
  expect(await orderOf()).toBe("after0 after1 after2 after3 after4 after5 after6 after7");
  const orders = await Promise.all([1, 2, 3, 4].map((seed) => orderOf(seed)));
  expect(await Promise.all([1, 2, 3, 4].map((seed) => orderOf(seed)))).toEqual(orders);
  expect(new Set(orders).size).toBe(4);
});

test("time stands still while a real node is under way, however many turns it takes", async () => {
  const slow = defineNode({
    name: "slow",
    input: z.object({}),
    output: z.object({ x: number }),
    run: async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      return { x: 1 };
    },
  });
  const flow = new Workflow("spied");
  flow.addNode("real", slow, {});
  flow.addNode("mocked", pass, {});
  const ended: string[] = [];
  const runtime = new TestingRuntime({
    observers: [{ onEvent: (event) => void (event.type === "node.completed" && ended.push(event.nodeId)) }],
  }).setNodeLatency("mocked", 1);
  await runtime.execute(flow);
  expect(ended).toEqual(["real", "mocked"]);
  expect(runtime.getNodeCalls("real")[0]).toMatchObject({ startMs: 0, endMs: 0 });
  expect(runtime.getMakespan()).toBe(1);
});

test("a real node that never ends is still ended by its timeout, and the rest goes on in virtual time", async () => {
  const stuck = defineNode({
    name: "stuck",
    input: z.object({}),
    output: z.object({ x: number }),
    timeoutMs: 5,
    run: () => new Promise<{ x: number }>(() => undefined),
  });
  const flow = new Workflow("stuck");
  const first = flow.addNode("first", stuck, {});
  flow.addNode("other", pass, {});
  flow.addNode("then", pass, { after: [first.out.x] });
  const runtime = new TestingRuntime({ graceMs: 5, onFailure: "continue" }).setNodeLatency("other", HOUR);
  const result = await runtime.execute(flow);
  expect(result.errors.map(({ code }) => code)).toEqual(["node_timeout"]);
  expect(runtime.getMakespan()).toBe(HOUR);
});

test("a cycle that only its timeout ends is ended, though its nodes take no virtual time", async () => {
  const { flow, a } = diamond();
  flow.createCycle("loop").connect(a.out.x, a.in.x).timeout(20).build();
  const result = await new TestingRuntime().execute(flow);
  expect(result.cycles["loop"]?.reason).toBe("timeout");
});

test("fake timers of the test do not stop virtual time", async () => {
  vi.useFakeTimers();
  const { flow, a } = diamond();
  const runtime = new TestingRuntime().setNodeLatency(a, 50);
  await runtime.execute(flow);
  expect(runtime.getMakespan()).toBe(50);
});

test("items of a map wait for each other in virtual time", async () => {
  const flow = new Workflow("mapped");
  const map = flow.addMap("map", pass, { each: { x: [1, 2, 3, 4, 5] }, concurrency: 2 });
  const runtime = new TestingRuntime().setNodeResponse(items(map), ({ x }) => ({ x: x! * 2 })).setNodeLatency(map, 10);
  expect((await runtime.execute(flow)).get(map).x).toEqual([2, 4, 6, 8, 10]);
  expect(runtime.getMakespan()).toBe(30);
});

test("a run that is alone starts at 0", async () => {
  const { flow, a } = diamond();
  const times: number[] = [];
  const observers = [{ onEvent: ({ time }: { time: number }) => void times.push(time) }];
  const runtime = new TestingRuntime().setNodeLatency(a, 30);
  await runtime.execute(flow);
  await runtime.execute(flow, { observers });
  expect([times[0], times.at(-1)]).toEqual([0, 30]);
});

test("S8 · runs at once share the time, and each counts its own", async () => {
  const { flow, a, b } = diamond();
  const other = diamond();
  const runtime = new TestingRuntime().setNodeLatency(a, 30).setNodeLatency("c", 0);
  let inner: Promise<unknown> | undefined;
  runtime.setNodeResponse(b, () => {
    inner ??= runtime.execute(other.flow).then(() => runtime.getMakespan());
    return { x: 1 };
  });
  await runtime.execute(flow);
  expect(await inner).toBe(30);
  expect(runtime.getNodeCalls(a).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
    [0, 30],
    [0, 30],
  ]);
});

test("K4 · nothing is left in the event loop after a run, though a node never ended", async () => {
  const script = fileURLToPath(new URL("leftover.fixture.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script]);
  expect(stdout).toBe("stuck");
});

test("K2 · a synchronous node that really takes longer than it may is noticed when it returns", async () => {
  const blocking = defineNode({
    name: "blocking",
    input: z.object({}),
    output: z.object({ x: number }),
    timeoutMs: 1,
    run: () => {
      const until = performance.now() + 5;
      while (performance.now() < until);
      return { x: 1 };
    },
  });
  const flow = new Workflow("blocking");
  flow.addNode("blocking", blocking, {});
  await expect(new TestingRuntime().execute(flow)).rejects.toMatchObject({ code: "node_timeout" });
});

test("the caller's own clock is used where one is given", async () => {
  const { flow, a } = diamond();
  let now = 0;
  const waits: (() => void)[] = [];
  const clock = {
    now: () => now,
    set: (callback: () => void) => waits.push(callback),
    clear: () => undefined,
    turn: (callback: () => void) => void setImmediate(callback),
  };
  const runtime = new TestingRuntime({ clock }).setNodeLatency(a, 50);
  expect(runtime.capabilities.virtualTime).toBe(false);
  const run = runtime.execute(flow);
  expect(waits).toHaveLength(1);
  now = 3;
  waits[0]!();
  await run;
  expect(runtime.getMakespan()).toBe(3);
});
