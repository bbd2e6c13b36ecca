import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import type { OutRef } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import { silent } from "../observe/silent-logger.fixture.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { work } from "./work.fixture.ts";

const MILLION = 1_000_000;

/** Collects garbage; the flag is set here, so that the test needs no flag of its runner's. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** A synchronous cycle that counts; `each` is called in each iteration. */
function counting(iterations: number, each: (n: number) => void): Workflow {
  const count = defineNode({
    name: "count",
    input: z.object({ n: z.number() }),
    output: z.object({ n: z.number() }),
    run: ({ n }, { state }) => {
      state["last"] = n;
      each(n + 1);
      return { n: n + 1 };
    },
  });
  const flow = new Workflow("counting");
  const node = flow.addNode("count", count, { n: 0 });
  flow
    .createCycle("loop")
    .connect(node.out.n, node.in.n)
    .maxIterations(iterations)
    .convergeWhen(node.out.n, (n) => n < 0)
    .build();
  return flow as Workflow;
}

/** Aborts an endless synchronous cycle: turns of the event loop and milliseconds until its run was over. */
async function abortEndless(): Promise<{ turns: number; tookMs: number; error: unknown }> {
  const controller = new AbortController();
  let [turns, abortedAt, isOver] = [0, 0, false];
  const countTurns = (): void => {
    if (isOver) return;
    turns++;
    setImmediate(countTurns);
  };
  setTimeout(() => {
    abortedAt = performance.now();
    controller.abort();
    countTurns();
  }, 20);
  const flow = counting(1_000 * MILLION, () => undefined);
  const running = new InlineRuntime({ logger: silent() }).execute(flow, { signal: controller.signal });
  const error: unknown = await running.catch((thrown: unknown) => thrown);
  isOver = true;
  return { turns, tookMs: performance.now() - abortedAt, error };
}

test("K5: an endless synchronous cycle is aborted within a few turns of the event loop, in 30 ms of the signal", async () => {
  const aborts = [];
  for (let i = 0; i < 5; i++) aborts.push(await abortEndless());
  for (const { error, turns } of aborts) {
    expect(error).toMatchObject({ code: "cancelled" });
    expect(turns).toBeLessThanOrEqual(3);
  }
  // The best of five: a busy machine may keep the process waiting for longer.
  expect(Math.min(...aborts.map(({ tookMs }) => tookMs))).toBeLessThan(30);
});

test("K5: timers get their turns in a synchronous cycle", async () => {
  let fired = 0;
  const interval = setInterval(() => fired++, 1);
  const result = await new InlineRuntime({ logger: silent() }).execute(
    endless((cycle, out) => cycle.convergeWhen(out, () => fired >= 3)),
  );
  clearInterval(interval);
  expect(result.cycles["loop"]!.reason).toBe("converged");
});

test("K5: a synchronous cycle's own timeout gets its turn", async () => {
  const result = await new InlineRuntime({ logger: silent() }).execute(endless((cycle) => cycle.timeout(30)));
  expect(result.cycles["loop"]!.reason).toBe("timeout");
});

function endless(say: (cycle: CycleBuilder, out: OutRef<unknown>) => CycleBuilder): Workflow {
  const flow = new Workflow("w");
  const node = flow.addNode(
    "node",
    work(() => 1),
  );
  say(flow.createCycle("loop").connect(node.out.out, node.in.in), node.out.out).build();
  return flow;
}

test("C9: a million iterations run in bounded memory", { timeout: 60_000 }, async () => {
  const heap: number[] = [];
  const flow = counting(MILLION, (n) => {
    if (n % 250_000 !== 0) return;
    collectGarbage();
    heap.push(process.memoryUsage().heapUsed);
  });
  const result = await new InlineRuntime({ logger: silent() }).execute(flow);
  expect(result.cycles["loop"]).toMatchObject({ iterations: MILLION, reason: "max_iterations" });
  expect(result.results["count"]).toEqual({ n: MILLION });
  expect((heap.at(-1)! - heap[0]!) / 1e6).toBeLessThan(5);
});
