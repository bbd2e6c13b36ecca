import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode, type NodeSettings } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { type Latch, latch } from "./latch.fixture.ts";
import { settled } from "./manual-clock.fixture.ts";
import { needing, runtimeOf, statuses, untilAborted, watch } from "./work.fixture.ts";

/** A map over items whose work ends when the test says so; notes the order of starts. */
function gated(count: number, spec: object = {}, settings: NodeSettings = {}) {
  const gates: Latch<unknown>[] = Array.from({ length: count }, () => latch());
  const started: number[] = [];
  const item = needing((_, { index }) => {
    started.push(index!);
    return gates[index!];
  }, settings);
  const flow = new Workflow("w");
  flow.addMap("map", item, { each: { in: Array.from({ length: count }, (_, i) => i) }, ...spec });
  return { flow: flow as Workflow, gates, started };
}

describe("a map (S9)", () => {
  test("gives lists in item order, whatever the order of completion", async () => {
    const { flow, gates } = gated(3);
    const watched = watch(runtimeOf().runtime, flow);
    await settled();
    for (const index of [2, 0, 1]) {
      gates[index]!.open(`item ${index}`);
      await settled();
    }
    expect((await watched).result!.results["map"].out).toEqual(["item 0", "item 1", "item 2"]);
  });

  test("leaves a hole where an item gave nothing, or had nothing to run with", async () => {
    const flow = new Workflow("w");
    const seen: unknown[] = [];
    const item = needing(({ in: value }) => (seen.push(value), value === 2 ? undefined : value));
    flow.addMap("map", item, { each: { in: [1, undefined, 2, null] } });
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(result!.results["map"].out).toEqual([1, undefined, undefined, null]);
    expect([seen, result!.nodes["map"]!.status]).toEqual([[1, 2, null], "completed"]);
  });

  test("of an empty list gives empty lists, and runs nothing", async () => {
    const { flow, started } = gated(0);
    const { result } = await watch(runtimeOf().runtime, flow);
    expect([result!.results["map"], started]).toEqual([{ out: [] }, []]);
  });

  test("reads several lists at once, typed arrays as well, and shares what stands in `with`", async () => {
    const flow = new Workflow("w");
    const both = defineNode({
      name: "both",
      input: z.object({ a: z.number(), b: z.string(), c: z.number() }),
      output: z.object({ text: z.string() }),
      run: ({ a, b, c }) => ({ text: `${a}${b}${c}` }),
    });
    flow.addMap("map", both, { each: { a: new Float64Array([1, 2]) as never, b: ["x", "y"] }, with: { c: 9 } });
    expect((await watch(runtimeOf().runtime, flow)).result!.results["map"].text).toEqual(["1x9", "2y9"]);
  });

  test.each<[string, object, string, RegExp]>([
    ["lists of unequal length", { in: [1, 2], after: [1] }, "map_lengths_differ", /in has 2, after has 1/],
    ["what is no list", { in: 5 as never }, "map_input_invalid", /needs a list at "in"; it got number/],
    ["null", { in: null as never }, "map_input_invalid", /it got null/],
    ["a DataView", { in: new DataView(new ArrayBuffer(2)) as never }, "map_input_invalid", /it got object/],
  ])("refuses %s", async (_, each, code, message) => {
    const flow = new Workflow("w");
    flow.addMap(
      "map",
      needing(() => 1),
      { each } as never,
    );
    const { error } = await watch(runtimeOf().runtime, flow);
    expect(error).toMatchObject({ code, nodeId: "map" });
    expect(error!.message).toMatch(message);
  });
});

describe("a map's items are tasks (S5)", () => {
  test("no more run at once than the runtime's limit, and the next starts as soon as there is room", async () => {
    const { flow, gates, started } = gated(4);
    const watched = watch(runtimeOf({}, 2).runtime, flow);
    await settled();
    expect(started).toEqual([0, 1]);
    gates[1]!.open(1);
    await settled();
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.open(1);
    await watched;
  });

  test("nor than its own concurrency, nor than its group's limit", async () => {
    for (const { flow, gates, started } of [gated(4, { concurrency: 1 }), gated(4, {}, { group: "api" })]) {
      const watched = watch(runtimeOf({ groupLimits: { api: 1 } }).runtime, flow);
      await settled();
      expect(started).toEqual([0]);
      gates[0]!.open(1);
      await settled();
      expect(started).toEqual([0, 1]);
      for (const gate of gates) gate.open(1);
      await watched;
    }
  });

  test("items of one chunk run one after another; chunks run at once, and other nodes between items", async () => {
    const { flow, gates, started } = gated(6, { chunkSize: 3 });
    const watched = watch(runtimeOf().runtime, flow);
    await settled();
    expect(started).toEqual([0, 3]);
    gates[3]!.open(1);
    await settled();
    expect(started).toEqual([0, 3, 4]);
    for (const gate of gates) gate.open(1);
    expect((await watched).result!.results["map"].out).toEqual([1, 1, 1, 1, 1, 1]);
    expect(started.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("chunkBy: equal values run one after another", async () => {
    const order: string[] = [];
    const keyed = new Workflow("w");
    const open = latch();
    const item = needing(async ({ in: { key } }, { index }) => {
      order.push(`${index}${key}`);
      await open;
    });
    keyed.addMap("map", item, { each: { in: ["a", "b", "a", "b"].map((key) => ({ key })) }, chunkBy: "in.key" });
    const watched = watch(runtimeOf().runtime, keyed);
    await settled();
    expect(order).toEqual(["0a", "1b"]);
    open.open();
    await watched;
    expect(order.slice(2).toSorted()).toEqual(["2a", "3b"]);
  });
});

describe("an item that fails", () => {
  test("fails the map with its index; no item starts after it, and the others are aborted", async () => {
    const flow = new Workflow("w");
    const started: number[] = [];
    const gate = latch();
    const item = needing((input, context) => {
      started.push(context.index!);
      return context.index === 1 ? gate : untilAborted(input, context);
    });
    flow.addMap("map", item, { each: { in: [0, 1, 2, 3] } });
    const { runtime, clock } = runtimeOf({}, 3);
    const watched = watch(runtime, flow);
    await settled();
    gate.fail(new RangeError("one"));
    await settled();
    const atOnce = clock.pending;
    await clock.advance(250);
    const ended = await watched;
    expect([atOnce, clock.pending]).toEqual([0, 0]);
    expect(ended.error).toMatchObject({
      code: "node_failed",
      nodeId: "map",
      details: { index: 1 },
      cause: { message: "one" },
    });
    expect([started, statuses(ended), ended.error!.errors.length, clock.pending]).toEqual([
      [0, 1, 2],
      { map: "failed" },
      1,
      0,
    ]);
  });

  test("E2: in a run that goes on makes the map's lists dead, after its other items have ended", async () => {
    const { runtime, clock } = runtimeOf({ onFailure: "continue", graceMs: 20 });
    const flow = new Workflow("w");
    const [bad, deaf] = [latch(), latch()];
    const item = needing((_, { index }) => (index === 0 ? bad : deaf));
    const map = flow.addMap("map", item, { each: { in: [0, 1] } });
    flow.addNode(
      "after",
      needing(() => 1),
      { in: map.out.out as never },
    );
    const watched = watch(runtime, flow);
    await settled();
    bad.fail(new Error("x"));
    await clock.advance(20);
    const ended = await watched;
    expect([ended.result!.status, statuses(ended)]).toEqual(["failed", { map: "failed", after: "skipped" }]);
    deaf.open();
    await settled();
    expect([runtime.getMetrics().lateResults, clock.pending]).toEqual([1, 0]);
  });

  test("E3: stops the run at once: nothing starts while its other items are waited for", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const [bad, deaf, beside] = [latch<unknown>(), latch<unknown>(), latch<unknown>()];
    flow.addMap(
      "map",
      needing((_, { index }) => (index === 0 ? bad : deaf)),
      { each: { in: [0, 1] } },
    );
    const other = flow.addNode(
      "beside",
      needing(() => beside),
      { in: 1 },
    );
    flow.addNode(
      "after",
      needing(() => 1),
      { in: other.out.out },
    );
    const watched = watch(runtime, flow);
    await settled();
    bad.fail(new Error("x"));
    await settled();
    beside.open(1);
    await clock.advance(500);
    const ended = await watched;
    expect(statuses(ended)).toEqual({ map: "failed", beside: "cancelled", after: "pending" });
    deaf.open(1);
  });

  test("E2, K1: in a run that goes on its other items are told by their signal, and other nodes are not", async () => {
    const { runtime, clock } = runtimeOf({ onFailure: "continue" });
    const flow = new Workflow("w");
    const [bad, beside] = [latch<unknown>(), latch<unknown>()];
    const item = needing((input, context) => (context.index === 0 ? bad : untilAborted(input, context)));
    flow.addMap("map", item, { each: { in: [0, 1] } });
    flow.addNode(
      "beside",
      needing((_, { signal }) => beside.then(() => signal.aborted)),
      { in: 1 },
    );
    const watched = watch(runtime, flow);
    await settled();
    bad.fail(new Error("x"));
    await settled();
    const atOnce = clock.pending;
    await clock.advance(250);
    beside.open(1);
    const ended = await watched;
    expect([atOnce, statuses(ended)["map"], ended.result!.results["beside"].out]).toEqual([0, "failed", false]);
  });

  test("C7: in a cycle the next iteration's map begins afresh", async () => {
    const flow = new Workflow("w");
    const map = flow.addMap(
      "map",
      needing(({ in: n }, { state, iteration }) => {
        state["seen"] = [...((state["seen"] as number[] | undefined) ?? []), iteration];
        return [n, (state["seen"] as number[]).length];
      }),
      { each: { in: ["a", "b"] } },
    );
    const back = flow.addNode(
      "back",
      needing(({ in: list }) => (list as unknown[]).map(String)),
      { in: map.out.out as never },
    );
    flow
      .createCycle("loop")
      .connect(back.out.out as never, map.in.in as never)
      .maxIterations(3)
      .build();
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(result!.results["map"].out).toEqual([
      ["a,1,2", 3],
      ["b,1,2", 3],
    ]);
  });
});
