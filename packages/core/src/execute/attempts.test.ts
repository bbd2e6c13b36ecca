import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode, type NodeContext } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { latch } from "./latch.fixture.ts";
import { happened, needing, runtimeOf, statuses, watch, work } from "./work.fixture.ts";

/** Fails so many times, and then gives the number of the attempt. */
const failing =
  (times: number) =>
  (_: unknown, context: { attempt: number }): number => {
    if (context.attempt <= times) throw new Error(`attempt ${context.attempt}`);
    return context.attempt;
  };

test("E4, S5: a wait between attempts holds no slot", async () => {
  const { runtime, clock } = runtimeOf({}, 1);
  const flow = new Workflow("w");
  flow.addNode("flaky", work(failing(1), { retry: { attempts: 2, delayMs: 1000 } }));
  flow.addNode(
    "other",
    work(() => 1),
  );
  const watched = watch(runtime, flow);
  await clock.advance(999);
  await clock.advance(1);
  const { result, events } = await watched;
  expect(happened(events)).toEqual([
    "flaky started",
    "flaky retrying",
    "other started",
    "other completed",
    "flaky completed",
  ]);
  expect(result!.nodes["flaky"]).toMatchObject({ status: "completed", attempts: 2 });
  expect(clock.pending).toBe(0);
});

test("E4, S2: when its wait is over an attempt takes its place among the ready by the order of adding", async () => {
  const { runtime, clock } = runtimeOf({}, 1);
  const flow = new Workflow("w");
  const gate = latch();
  const order: string[] = [];
  const noting = (id: string) => (): void => void order.push(id);
  flow.addNode(
    "early",
    work(() => gate),
  );
  flow.addNode(
    "flaky",
    work(
      (_, { attempt }) => {
        order.push(`flaky ${attempt}`);
        if (attempt === 1) throw new Error("x");
      },
      { retry: { attempts: 2, delayMs: 10 } },
    ),
  );
  flow.addNode(
    "hold",
    work(() => gate),
  );
  flow.addNode("late", work(noting("late")));
  const watched = watch(runtime, flow);
  await clock.advance(0);
  gate.open();
  await clock.advance(10);
  await watched;
  expect(order).toEqual(["flaky 1", "late", "flaky 2"]);
});

test("E4: a wait of 0 ms gives other work its turn, and passes", async () => {
  const { runtime, clock } = runtimeOf({}, 1);
  const flow = new Workflow("w");
  flow.addNode("flaky", work(failing(2), { retry: { attempts: 3, delayMs: 0 } }));
  const watched = watch(runtime, flow);
  await clock.advance(0);
  expect((await watched).result!.results["flaky"].out).toBe(3);
});

test("E4: waits are those of the policy, by the runtime's clock and chance", async () => {
  const chances = [0, 0.5, 1];
  const { runtime, clock } = runtimeOf({ random: () => chances.shift()! });
  const flow = new Workflow("w");
  flow.addNode("flaky", work(failing(3), { retry: { attempts: 4, delayMs: 100, jitter: 0.5 } }));
  const watched = watch(runtime, flow);
  for (const wait of [100, 250, 600]) {
    await clock.advance(0);
    expect(clock.waits).toEqual([wait]);
    await clock.advance(wait);
  }
  const { events } = await watched;
  expect(events.flatMap((event) => (event.type === "node.retrying" ? [[event.attempt, event.delayMs]] : []))).toEqual([
    [1, 100],
    [2, 250],
    [3, 600],
  ]);
});

test("E4: the runtime's policy holds for nodes without one, and a node's own replaces it whole", async () => {
  const { runtime, clock } = runtimeOf({
    retry: { attempts: 3, delayMs: 10, backoff: "fixed" },
    onFailure: "continue",
  });
  const flow = new Workflow("w");
  flow.addNode("default", work(failing(9)));
  flow.addNode("own", work(failing(9), { retry: { attempts: 1 } }));
  const watched = watch(runtime, flow);
  await clock.advance(20);
  const { result } = await watched;
  expect([result!.nodes["default"]!.attempts, result!.nodes["own"]!.attempts]).toEqual([3, 1]);
  expect(result!.errors.map(({ nodeId, attempt, message }) => [nodeId, attempt, message])).toEqual([
    ["own", 1, 'node "own" failed: attempt 1'],
    ["default", 3, 'node "default" failed: attempt 3'],
  ]);
});

test("E4: retryOn that throws: the node's own error stays, with what retryOn threw", async () => {
  const { runtime, clock } = runtimeOf();
  const flow = new Workflow("w");
  const retryOn = (): never => {
    throw new TypeError("no idea");
  };
  flow.addNode("node", work(failing(1), { retry: { attempts: 2, retryOn } }));
  const { error } = await watch(runtime, flow);
  expect(error).toMatchObject({
    code: "node_failed",
    nodeId: "node",
    message: 'node "node" failed: attempt 1 (it was not tried again: retryOn threw: no idea)',
    cause: { message: "attempt 1" },
    details: { retryOn: "no idea" },
  });
  expect(clock.pending).toBe(0);
});

test("E4: a retry gets its input as it came, whatever the failed attempt did to it", async () => {
  const { runtime, clock } = runtimeOf();
  const rows = z.object({ rows: z.array(z.number()) });
  const drain = defineNode({
    name: "drain",
    input: rows,
    output: rows,
    retry: { attempts: 2, delayMs: 1 },
    run: (input, { attempt }) => {
      const taken = input.rows.splice(0);
      (input as { rows?: number[] }).rows = [];
      if (attempt === 1) throw new Error("later");
      return { rows: taken };
    },
  });
  const flow = new Workflow("w");
  const node = flow.addNode("drain", drain, { rows: [1, 2] });
  const watched = watch(runtime, flow);
  await clock.advance(1);
  expect((await watched).result!.get(node)).toEqual({ rows: [1, 2] });
});

test("C8: what late code of a failed attempt keeps does not reach the next one", async () => {
  const { runtime, clock } = runtimeOf({ graceMs: 0 });
  let late: NodeContext | undefined;
  const flow = new Workflow("w");
  const retry = { attempts: 2, delayMs: 10 };
  const node = flow.addNode(
    "node",
    work(
      (_, context) => {
        if (context.attempt === 2) return { ...context.state };
        late = context;
        return new Promise(() => {});
      },
      { retry, timeoutMs: 5 },
    ),
  );
  const watched = watch(runtime, flow);
  await clock.advance(5);
  late!.state["left"] = true;
  await clock.advance(10);
  expect((await watched).result!.get(node)).toEqual({ out: {} });
});

test("E4: items of a map are repeated one by one, while the others go on", async () => {
  const { runtime, clock } = runtimeOf({}, 1);
  const flow = new Workflow("w");
  const item = needing(
    ({ in: value }, { attempt }) => {
      if (value === 1 && attempt < 3) throw new Error("x");
      return [value, attempt];
    },
    { retry: { attempts: 3, delayMs: 10, backoff: "fixed" } },
  );
  flow.addMap("map", item, { each: { in: [0, 1, 2] } });
  const watched = watch(runtime, flow);
  await clock.advance(20);
  const { result, events } = await watched;
  expect(result!.results["map"].out).toEqual([
    [0, 1],
    [1, 3],
    [2, 1],
  ]);
  expect(events.flatMap((event) => (event.type === "node.retrying" ? [event.index] : []))).toEqual([1, 1]);
  expect(clock.pending).toBe(0);
});

test("S5: a step of a full group that waits for another attempt leaves its place in the group to others", async () => {
  const { runtime, clock } = runtimeOf({ groupLimits: { api: 1 } });
  const flow = new Workflow("w");
  flow.addNode("flaky", work(failing(1), { group: "api", retry: { attempts: 2, delayMs: 1000 } }));
  flow.addNode(
    "other",
    work(() => 1, { group: "api" }),
  );
  const watched = watch(runtime, flow);
  await clock.advance(1000);
  expect(happened((await watched).events).slice(0, 4)).toEqual([
    "flaky started",
    "flaky retrying",
    "other started",
    "other completed",
  ]);
});

test("C8: what a failed attempt changed in its state is undone, and what succeeded stays", async () => {
  const { runtime, clock } = runtimeOf();
  const flow = new Workflow("w");
  const counting = work(
    (_, { attempt, iteration, state }) => {
      const seen = ((state["seen"] as string[] | undefined) ??= []);
      seen.push(`${iteration}.${attempt}`);
      if (attempt === 1) throw new Error("x");
      return [...seen];
    },
    { retry: { attempts: 2, delayMs: 1 } },
  );
  const node = flow.addNode("node", counting);
  flow.createCycle("loop").connect(node.out.out, node.in.in).maxIterations(3).build();
  const watched = watch(runtime, flow);
  await clock.advance(3);
  const ended = await watched;
  expect(ended.result!.results["node"].out).toEqual(["1.2", "2.2", "3.2"]);
  expect(statuses(ended)).toEqual({ node: "completed" });
});
