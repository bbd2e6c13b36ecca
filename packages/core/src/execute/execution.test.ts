import { describe, expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { latch } from "./latch.fixture.ts";
import { settled } from "./manual-clock.fixture.ts";
import type { Outcome, Task } from "./task.ts";
import { needing, runtimeOf, statuses, watch, work } from "./work.fixture.ts";

describe("a workflow that changes (R3)", () => {
  test("is planned again for the next run", async () => {
    const { runtime } = runtimeOf();
    const flow = new Workflow("w");
    const a = flow.addNode(
      "a",
      work(() => 1),
    );
    expect(Object.keys((await runtime.execute(flow)).results)).toEqual(["a"]);
    flow.addNode(
      "b",
      needing(({ in: value }) => (value as number) + 1),
      { in: a.out.out },
    );
    expect((await runtime.execute(flow)).results).toEqual({ a: { out: 1 }, b: { out: 2 } });
  });

  test("is planned again where only a workflow inside it changed", async () => {
    const { runtime } = runtimeOf();
    const inner = new Workflow("inner");
    inner.addNode(
      "a",
      work(() => 1),
    );
    const flow = new Workflow("w");
    flow.addNode("sub", inner);
    await runtime.execute(flow);
    inner.addNode(
      "b",
      work(() => 2),
    );
    expect(Object.keys((await runtime.execute(flow)).nodes)).toEqual(expect.arrayContaining(["sub/a", "sub/b"]));
  });

  test("while it runs: the run is not affected", async () => {
    const { runtime } = runtimeOf();
    const gate = latch<number>();
    const flow = new Workflow("w");
    const a = flow.addNode(
      "a",
      work(() => gate),
    );
    const running = runtime.execute(flow);
    await settled();
    flow.addNode(
      "b",
      needing(() => 2),
      { in: a.out.out },
    );
    gate.open(1);
    const result = await running;
    expect([result.results, Object.keys(result.nodes)]).toEqual([{ a: { out: 1 } }, ["a"]]);
  });

  test("to an invalid one: the next run is refused", async () => {
    const { runtime } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode(
      "a",
      work(() => 1),
    );
    await runtime.execute(flow);
    flow.addNode(
      "b",
      needing(() => 2),
    );
    await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "missing_input" });
  });

  test("an empty one completes with empty results", async () => {
    const { runtime, clock } = runtimeOf();
    const { result, events } = await watch(runtime, new Workflow("empty"), { timeoutMs: 1000 });
    expect([result!.status, result!.results, result!.nodes, result!.cycles]).toEqual(["completed", {}, {}, {}]);
    expect(events.map(({ type }) => type)).toEqual(["run.started", "run.ended"]);
    expect(clock.pending).toBe(0);
  });
});

describe("options of an execution", () => {
  test("runId: the one given, everywhere; else one of its own for each run", async () => {
    const { runtime } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work((_, { runId }) => runId),
    );
    const { result, events } = await watch(runtime, flow, { runId: "today" });
    expect([result!.runId, result!.results["node"].out]).toEqual(["today", "today"]);
    expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set(["today"]));
    const others = await Promise.all([runtime.execute(flow), runtime.execute(flow)]);
    expect(new Set(others.map(({ runId }) => runId)).size).toBe(2);
    expect(others.map(({ runId, results }) => results["node"].out === runId)).toEqual([true, true]);
  });

  test("runId: a failed run's error has it", async () => {
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => Promise.reject(new Error("x"))),
    );
    expect((await watch(runtimeOf().runtime, flow, { runId: "mine" })).error!.runId).toBe("mine");
  });

  const progress = async (items: number, itemEvents?: boolean): Promise<[number, number | undefined][]> => {
    const flow = new Workflow("w");
    flow.addMap(
      "map",
      needing(({ in: value }) => value as number),
      { each: { in: Array.from({ length: items }, (_, i) => i) } },
    );
    const { events } = await watch(runtimeOf().runtime, flow, itemEvents === undefined ? {} : { itemEvents });
    return events.flatMap((event) =>
      event.type === "node.progress" ? [[event.done, event.index] as [number, number]] : [],
    );
  };

  test("itemEvents: each item is told, with its position", async () => {
    expect(await progress(5, true)).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 4],
    ]);
    expect((await progress(1000, true)).length).toBe(1000);
  });

  test("O1: without it a map tells a hundred times at the most, and the last time that all is done", async () => {
    const told = await progress(1000);
    expect([told.length, told.at(-1)]).toEqual([100, [1000, undefined]]);
    expect(await progress(3)).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
  });
});

describe("what became of each node (R1)", () => {
  /** A run with a node of each fate, in which 5 ms pass in `slow`. */
  async function fates(observed: boolean, collectMetrics = false) {
    const { runtime, clock } = runtimeOf({ onFailure: "continue", collectMetrics });
    const flow = new Workflow("w");
    const slow = flow.addNode(
      "slow",
      work(() => void clock.spend(5)),
    );
    flow.addNode(
      "skipped",
      needing(() => 1),
      { in: slow.out.out },
    );
    const retry = { attempts: 3, delayMs: 1, backoff: "fixed" } as const;
    flow.addNode(
      "failing",
      work(() => Promise.reject(new Error("x")), { retry }),
    );
    flow.addNode(
      "flaky",
      work((_, { attempt }) => (attempt === 1 ? Promise.reject(new Error("x")) : 1), { retry }),
    );
    const running = observed ? watch(runtime, flow).then(({ result }) => result!) : runtime.execute(flow);
    await clock.advance(2);
    return (await running).nodes;
  }

  test("status, attempts and where it ran are always told", async () => {
    const nodes = await fates(false);
    expect(Object.entries(nodes).map(([id, { status, attempts, where }]) => [id, status, attempts, where])).toEqual([
      ["slow", "completed", 1, "in-process"],
      ["skipped", "skipped", 0, "in-process"],
      ["failing", "failed", 3, "in-process"],
      ["flaky", "completed", 2, "in-process"],
    ]);
  });

  test("where a failed node and a map ran is told, where their place says so", async () => {
    class Placed extends InlineRuntime {
      protected override async runTask(task: Task): Promise<Outcome> {
        return { ...(await super.runTask(task)), where: "place 7" };
      }
    }
    const flow = new Workflow("w");
    flow.addNode(
      "failing",
      work(() => Promise.reject(new Error("no"))),
    );
    flow.addMap(
      "map",
      needing(() => 1),
      { each: { in: [1, 2] } },
    );
    const { nodes } = await new Placed().execute(flow, { onFailure: "continue" });
    expect(Object.values(nodes).map(({ status, where }) => [status, where])).toEqual([
      ["failed", "place 7"],
      ["completed", "place 7"],
    ]);
  });

  test("times only with observers or metrics; a node that never started has none", async () => {
    const untimed = await fates(false);
    expect(Object.values(untimed).map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual(
      Array.from({ length: 4 }, () => [undefined, undefined]),
    );
    for (const nodes of [await fates(true), await fates(false, true)]) {
      expect(nodes["slow"]).toMatchObject({ startMs: 0, durationMs: 5 });
      expect(nodes["skipped"]).toMatchObject({ startMs: undefined, durationMs: undefined });
      expect(nodes["failing"]).toMatchObject({ startMs: 5, durationMs: 2 });
      expect(nodes["flaky"]).toMatchObject({ startMs: 5, durationMs: 1 });
    }
  });

  test("attempts are those of the last activation", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const flaky = work(
      (_, { attempt, iteration }) => (iteration === 1 && attempt === 1 ? Promise.reject(new Error("x")) : 1),
      {
        retry: { attempts: 2, delayMs: 1 },
      },
    );
    const node = flow.addNode("node", flaky);
    flow.createCycle("loop").connect(node.out.out, node.in.in).maxIterations(2).build();
    const watched = watch(runtime, flow);
    await clock.advance(1);
    const ended = await watched;
    expect([statuses(ended), ended.result!.nodes["node"]!.attempts]).toEqual([{ node: "completed" }, 1]);
  });

  test("records and results are made once, and frozen; output values are not", async () => {
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => ({ list: [1] })),
    );
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(result!.nodes).toBe(result!.nodes);
    expect(result!.results).toBe(result!.results);
    expect(Object.isFrozen(result)).toBe(true);
    expect([Object.isFrozen(result!.nodes), Object.isFrozen(result!.nodes["node"])]).toEqual([true, true]);
    expect(Object.isFrozen(result!.results)).toBe(true);
    expect(Object.isFrozen(result!.results["node"].out)).toBe(false);
  });
});

test("S8: two executions of one workflow at once share nothing", async () => {
  const { runtime } = runtimeOf();
  const gates = [latch(), latch()];
  let started = 0;
  const flow = new Workflow("w");
  const node = flow.addNode(
    "node",
    work(async ({ in: value }, { state, iteration }) => {
      if (iteration === 1) await gates[started++];
      state["sum"] = ((state["sum"] as number | undefined) ?? 0) + (value as number);
      return state["sum"];
    }),
    { in: 0 },
  );
  flow.createCycle("loop").connect(node.out.out, node.in.in).maxIterations(3).build();
  const runs = [1, 100].map((value) => runtime.execute(flow, { parameters: { node: { in: value } } }));
  await settled();
  gates[1]!.open();
  gates[0]!.open();
  expect((await Promise.all(runs)).map(({ results }) => results["node"].out)).toEqual([4, 400]);
});
