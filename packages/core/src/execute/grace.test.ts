import { describe, expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { latch } from "./latch.fixture.ts";
import { needing, runtimeOf, statuses, untilAborted, watch, work } from "./work.fixture.ts";

describe("the grace period (K2)", () => {
  test.each([
    [undefined, 250],
    [0, 0],
    [1000, 1000],
  ])("graceMs %s: a deaf node is given up after %s ms, and what it brings is dropped", async (graceMs, waits) => {
    const { runtime, clock } = runtimeOf(graceMs === undefined ? {} : { graceMs });
    const flow = new Workflow("w");
    const late = latch();
    flow.addNode(
      "deaf",
      work(() => late),
    );
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await clock.advance(0);
    controller.abort();
    expect(clock.waits).toEqual([waits]);
    await clock.advance(waits);
    const ended = await watched;
    expect([ended.error!.code, statuses(ended), clock.pending]).toEqual(["cancelled", { deaf: "cancelled" }, 0]);
    late.open();
    await clock.advance(0);
    expect(runtime.getMetrics().lateResults).toBe(1);
    expect(ended.events.at(-1)!.type).toBe("run.ended");
  });

  test("a node that settles within it ends the run at once, and stays cancelled", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const late = latch<number>();
    flow.addNode(
      "slow",
      work(() => late),
    );
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await clock.advance(0);
    controller.abort();
    await clock.advance(100);
    late.open(5);
    const ended = await watched;
    expect([statuses(ended), clock.now(), clock.pending]).toEqual([{ slow: "cancelled" }, 100, 0]);
    expect(ended.error!.partialResults).toEqual({});
    expect(runtime.getMetrics().lateResults).toBe(0);
  });

  test("items of a map are aborted and given up alike", async () => {
    const { runtime, clock } = runtimeOf({}, 2);
    const flow = new Workflow("w");
    const late = latch();
    const started: number[] = [];
    const item = needing((input: { in: number }, context) => {
      started.push(input.in);
      return input.in === 0 ? late : untilAborted(input, context);
    });
    flow.addMap("map", item, { each: { in: [0, 1, 2, 3] } });
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await clock.advance(0);
    controller.abort();
    await clock.advance(249);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    const ended = await watched;
    expect([statuses(ended), started, clock.pending]).toEqual([{ map: "cancelled" }, [0, 1], 0]);
    late.open();
  });
});

describe("siblings of a failure (E3)", () => {
  test("are aborted, and the run is over when they have settled", async () => {
    const { runtime, clock } = runtimeOf({}, 3);
    const flow = new Workflow("w");
    const [cause, sibling] = [latch<number>(), latch<number>()];
    const reasons: unknown[] = [];
    flow.addNode(
      "failing",
      work(() => cause),
    );
    flow.addNode(
      "sibling",
      work((_, { signal }) => {
        signal.addEventListener("abort", () => reasons.push((signal.reason as { code: string }).code));
        return sibling;
      }),
    );
    flow.addNode("heeding", work(untilAborted));
    flow.addNode(
      "waiting",
      work(() => 1),
    );
    const watched = watch(runtime, flow);
    await clock.advance(0);
    cause.fail(new RangeError("boom"));
    await clock.advance(100);
    sibling.open(1);
    const ended = await watched;
    expect(ended.error).toMatchObject({ code: "node_failed", nodeId: "failing", cause: { message: "boom" } });
    expect(ended.error!.errors.length).toBe(1);
    expect(statuses(ended)).toEqual({
      failing: "failed",
      sibling: "cancelled",
      heeding: "cancelled",
      waiting: "pending",
    });
    expect([clock.now(), clock.pending, reasons]).toEqual([100, 0, ["cancelled"]]);
  });

  test("that are deaf are given up after the grace period", async () => {
    const { runtime, clock } = runtimeOf({ graceMs: 30 });
    const flow = new Workflow("w");
    const [cause, sibling] = [latch(), latch()];
    flow.addNode(
      "failing",
      work(() => cause),
    );
    flow.addNode(
      "deaf",
      work(() => sibling),
    );
    const watched = watch(runtime, flow);
    await clock.advance(0);
    cause.fail("boom");
    await clock.advance(30);
    const ended = await watched;
    expect([ended.error!.code, statuses(ended)["deaf"], clock.pending]).toEqual(["node_failed", "cancelled", 0]);
    sibling.open();
  });

  test("that wait for another attempt end at once", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const cause = latch();
    flow.addNode(
      "failing",
      work(() => cause),
    );
    flow.addNode(
      "waiting",
      work(() => Promise.reject(new Error("x")), { retry: { attempts: 9, delayMs: 1000 } }),
    );
    const watched = watch(runtime, flow);
    await clock.advance(0);
    expect(clock.waits).toEqual([1000]);
    cause.fail("boom");
    const ended = await watched;
    expect([ended.error!.nodeId, statuses(ended)["waiting"], clock.pending]).toEqual(["failing", "cancelled", 0]);
  });
});
