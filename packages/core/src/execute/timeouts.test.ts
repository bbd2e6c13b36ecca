import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { latch } from "./latch.fixture.ts";
import { happened, runtimeOf, statuses, untilAborted, watch, work } from "./work.fixture.ts";

describe("a node's time (K1, K2)", () => {
  test("a node that heeds its signal fails with node_timeout as soon as its time is over", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode("slow", work(untilAborted, { timeoutMs: 100 }));
    const watched = watch(runtime, flow);
    await clock.advance(99);
    expect(clock.waits).toEqual([1]);
    await clock.advance(1);
    const { error } = await watched;
    expect(error).toMatchObject({ code: "node_timeout", nodeId: "slow", attempt: 1, details: { timeoutMs: 100 } });
    expect([clock.now(), clock.pending]).toEqual([100, 0]);
  });

  test("one that does not is given up after the grace period, and its late result is dropped and counted", async () => {
    const { runtime, clock } = runtimeOf({ collectMetrics: true });
    const flow = new Workflow("w");
    const late = latch<number>();
    flow.addNode(
      "deaf",
      work(() => late, { timeoutMs: 100 }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(100);
    expect(clock.waits).toEqual([250]);
    await clock.advance(250);
    const { error, events } = await watched;
    expect(error).toMatchObject({ code: "node_timeout", partialResults: {} });
    expect(clock.pending).toBe(0);
    const before = runtime.getMetrics().lateResults;
    late.open(5);
    await clock.advance(0);
    expect([before, runtime.getMetrics().lateResults]).toEqual([0, 1]);
    expect(events.at(-1)!.type).toBe("run.ended");
  });

  test("a result that comes within the grace period comes too late as well", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const late = latch<number>();
    flow.addNode(
      "slow",
      work(() => late, { timeoutMs: 100 }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(150);
    late.open(5);
    expect((await watched).error).toMatchObject({ code: "node_timeout" });
    expect(clock.now()).toBe(150);
  });

  test.each(["input", "output"] as const)("covers an asynchronous schema of its %s, each attempt's", async (side) => {
    const { runtime, clock } = runtimeOf();
    const holds = [latch<number>(), latch<number>()];
    let parses = 0;
    const number = z.object({ x: z.number() });
    const slow = z.object({ x: z.number().transform(async () => holds[parses++]!) });
    const node = defineNode({
      name: "node",
      input: side === "input" ? slow : number,
      output: side === "output" ? slow : number,
      timeoutMs: 100,
      retry: { attempts: 2, delayMs: 10 },
      run: ({ x }) => ({ x }),
    });
    const flow = new Workflow("w");
    const handle = flow.addNode("node", node, { x: 1 });
    const watched = watch(runtime, flow);
    await clock.advance(100 + 250 + 10);
    expect(parses).toBe(2);
    holds[1]!.open(2);
    const { result, events } = await watched;
    expect([result?.get(handle), happened(events)]).toEqual([
      { x: 2 },
      ["node started", "node retrying", "node completed"],
    ]);
    expect(clock.pending).toBe(0);
  });

  test("a node that blocks the event loop is noticed when it returns", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode(
      "blocking",
      work(() => void clock.spend(500), { timeoutMs: 100 }),
    );
    const { error } = await watch(runtime, flow);
    expect(error).toMatchObject({ code: "node_timeout", nodeId: "blocking" });
    expect(clock.pending).toBe(0);
  });

  test("the runtime's default holds for nodes that set none", async () => {
    const { runtime, clock } = runtimeOf({ nodeTimeoutMs: 50, onFailure: "continue" });
    const flow = new Workflow("w");
    flow.addNode("own", work(untilAborted, { timeoutMs: 80 }));
    flow.addNode("default", work(untilAborted));
    const watched = watch(runtime, flow);
    await clock.advance(50);
    await clock.advance(30);
    const { result } = await watched;
    expect(result!.errors.map(({ nodeId, details }) => [nodeId, details["timeoutMs"]])).toEqual([
      ["default", 50],
      ["own", 80],
    ]);
  });

  test("E4: each attempt has its own time", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const retry = { attempts: 3, delayMs: 10, backoff: "fixed" } as const;
    flow.addNode(
      "slow",
      work((input, context) => (context.attempt < 3 ? untilAborted(input, context) : "done"), {
        timeoutMs: 100,
        retry,
      }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(220);
    const { result, events } = await watched;
    expect(result!.results["slow"].out).toBe("done");
    expect(happened(events)).toEqual(["slow started", "slow retrying", "slow retrying", "slow completed"]);
    expect([result!.nodes["slow"]!.attempts, clock.pending]).toEqual([3, 0]);
  });

  test("E4: what a given-up attempt brings while the next one runs is dropped", async () => {
    const { runtime, clock } = runtimeOf({ graceMs: 10 });
    const flow = new Workflow("w");
    const [first, second] = [latch<string>(), latch<string>()];
    const retry = { attempts: 2, delayMs: 5 };
    flow.addNode(
      "node",
      work((_, { attempt }) => (attempt === 1 ? first : second), { timeoutMs: 100, retry }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(115);
    first.open("late");
    await clock.advance(1);
    second.open("in time");
    expect((await watched).result!.results["node"].out).toBe("in time");
    expect(runtime.getMetrics().lateResults).toBe(1);
  });

  test("C8: late code of a given-up attempt does not reach the next one's state", async () => {
    const { runtime, clock } = runtimeOf({ graceMs: 10 });
    const flow = new Workflow("w");
    const [first, second] = [latch(), latch()];
    const retry = { attempts: 2, delayMs: 5 };
    const stubborn = work(
      async (_, context) => {
        if (context.attempt === 2) {
          await second;
          return { ...context.state };
        }
        await first;
        context.state["late"] = true;
        return undefined;
      },
      { timeoutMs: 100, retry },
    );
    const node = flow.addNode("node", stubborn, { in: 0 });
    flow.createCycle("loop").connect(node.out.out, node.in.in).maxIterations(1).build();
    const watched = watch(runtime, flow);
    await clock.advance(115);
    first.open();
    await clock.advance(1);
    second.open();
    expect((await watched).result!.results["node"].out).toEqual({});
  });
});

describe("a run's time (K1)", () => {
  test("its end aborts what runs, starts nothing more, and keeps what was completed", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const quick = flow.addNode(
      "quick",
      work(() => 1),
    );
    const slow = flow.addNode("slow", work(untilAborted), { in: quick.out.out });
    flow.addNode(
      "after",
      work(() => 2),
      { in: slow.out.out },
    );
    const watched = watch(runtime, flow, { timeoutMs: 100 });
    await clock.advance(100);
    const ended = await watched;
    expect(ended.error).toMatchObject({
      code: "run_timeout",
      details: { timeoutMs: 100 },
      partialResults: { quick: { out: 1 } },
    });
    expect(statuses(ended)).toEqual({ quick: "completed", slow: "cancelled", after: "pending" });
    expect([clock.now(), clock.pending]).toEqual([100, 0]);
  });

  test("a deaf node is waited for until the grace period is over", async () => {
    const { runtime, clock } = runtimeOf({ graceMs: 40, timeoutMs: 100 });
    const flow = new Workflow("w");
    const late = latch();
    flow.addNode(
      "deaf",
      work(() => late),
    );
    const watched = watch(runtime, flow);
    await clock.advance(139);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    const ended = await watched;
    expect(ended.error!.code).toBe("run_timeout");
    expect([statuses(ended), clock.pending]).toEqual([{ deaf: "cancelled" }, 0]);
    late.open();
    await clock.advance(0);
    expect(runtime.getMetrics().lateResults).toBe(1);
  });

  test("that of the call counts before the runtime's", async () => {
    const { runtime, clock } = runtimeOf({ timeoutMs: 10 });
    const flow = new Workflow("w");
    const gate = latch<number>();
    flow.addNode(
      "node",
      work(() => gate),
    );
    const watched = watch(runtime, flow, { timeoutMs: 1000 });
    await clock.advance(500);
    gate.open(1);
    expect((await watched).result!.status).toBe("completed");
    expect(clock.pending).toBe(0);
  });

  test("E4: it ends a wait between attempts at once", async () => {
    const { runtime, clock } = runtimeOf({ timeoutMs: 100 });
    const flow = new Workflow("w");
    flow.addNode(
      "failing",
      work(() => Promise.reject(new Error("no")), { retry: { attempts: 2, delayMs: 5000 } }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(100);
    const ended = await watched;
    expect(ended.error!.code).toBe("run_timeout");
    expect([statuses(ended), clock.now(), clock.pending]).toEqual([{ failing: "cancelled" }, 100, 0]);
  });

  test("O3: late results of one run are not told of the next", async () => {
    const { runtime, clock } = runtimeOf({ collectMetrics: true, graceMs: 0 });
    const late = latch();
    const first = new Workflow("first");
    first.addNode(
      "deaf",
      work(() => late),
    );
    const watched = watch(runtime, first, { timeoutMs: 10 });
    await clock.advance(10);
    await watched;
    late.open();
    await clock.advance(0);
    const second = new Workflow("second");
    second.addNode(
      "node",
      work(() => 1),
    );
    const { result } = await watch(runtime, second);
    expect([result!.metrics!.lateResults, runtime.getMetrics().lateResults]).toEqual([0, 1]);
  });
});
