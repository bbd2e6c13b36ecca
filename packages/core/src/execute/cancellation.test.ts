import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import type { RunEvent } from "../observe/event.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { latch } from "./latch.fixture.ts";
import { ManualClock } from "./manual-clock.fixture.ts";
import { happened, runtimeOf, statuses, untilAborted, watch, work } from "./work.fixture.ts";

describe("cancel (K1, K3)", () => {
  test("a signal that was aborted before: nothing starts, and the reason is the cause", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => 1),
    );
    const { error, events } = await watch(runtime, flow, { signal: AbortSignal.abort("not today") });
    expect(error).toMatchObject({ code: "cancelled", cause: "not today", partialResults: {} });
    expect(events.map(({ type }) => type)).toEqual(["run.started", "run.ended"]);
    expect(clock.pending).toBe(0);
  });

  test("what runs is aborted, what is ready does not start, what is complete is kept", async () => {
    const { runtime, clock } = runtimeOf({}, 2);
    const flow = new Workflow("w");
    flow.addNode(
      "done",
      work(() => 1),
    );
    flow.addNode("running", work(untilAborted));
    flow.addNode("running2", work(untilAborted));
    flow.addNode(
      "ready",
      work(() => 2),
    );
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await clock.advance(0);
    controller.abort();
    const ended = await watched;
    expect(statuses(ended)).toEqual({
      done: "completed",
      running: "cancelled",
      running2: "cancelled",
      ready: "pending",
    });
    expect(ended.error).toMatchObject({ code: "cancelled", partialResults: { done: { out: 1 } } });
    expect([clock.now(), clock.pending]).toEqual([0, 0]);
  });

  test("from inside a synchronous node: its own result is dropped and nothing follows", async () => {
    const { runtime, clock } = runtimeOf();
    const controller = new AbortController();
    const flow = new Workflow("w");
    const self = flow.addNode(
      "self",
      work(() => (controller.abort(), 1)),
    );
    flow.addNode(
      "after",
      work(() => 2),
      { in: self.out.out },
    );
    flow.addNode(
      "beside",
      work(() => 3),
    );
    const ended = await watch(runtime, flow, { signal: controller.signal });
    expect(ended.error).toMatchObject({ code: "cancelled", partialResults: {} });
    expect(statuses(ended)).toEqual({ self: "cancelled", after: "pending", beside: "pending" });
    expect(happened(ended.events)).toEqual(["self started", "self cancelled"]);
    expect(clock.pending).toBe(0);
  });

  test("from inside an asynchronous node, before its promise is given", async () => {
    const { runtime, clock } = runtimeOf();
    const controller = new AbortController();
    const flow = new Workflow("w");
    flow.addNode(
      "self",
      work(async (_, { signal }) => {
        controller.abort();
        return signal.aborted;
      }),
    );
    const ended = await watch(runtime, flow, { signal: controller.signal });
    expect([ended.error!.code, statuses(ended), clock.pending]).toEqual(["cancelled", { self: "cancelled" }, 0]);
  });

  test("K4: from an observer, when it hears of a failure: no timer is left", async () => {
    const { runtime, clock } = runtimeOf();
    const controller = new AbortController();
    const flow = new Workflow("w");
    const hold = latch();
    flow.addNode("other", work(untilAborted));
    flow.addNode(
      "failing",
      work(() => hold.then(() => Promise.reject(new Error("no")))),
    );
    const onEvent = ({ type }: RunEvent): void => {
      if (type === "node.failed") controller.abort();
    };
    const watched = watch(runtime, flow, { signal: controller.signal, observers: [{ onEvent }] });
    hold.open();
    const { error } = await watched;
    expect([error!.code, error!.errors.map(({ code }) => code)]).toEqual(["cancelled", ["node_failed", "cancelled"]]);
    expect(clock.pending).toBe(0);
  });

  test("from an observer, when a node starts", async () => {
    const { runtime, clock } = runtimeOf();
    const controller = new AbortController();
    const flow = new Workflow("w");
    flow.addNode(
      "a",
      work(() => 1),
    );
    flow.addNode(
      "b",
      work(() => 1),
    );
    const onEvent = ({ type }: { type: string }): void => {
      if (type === "node.started") controller.abort();
    };
    const ended = await watch(runtime, flow, { signal: controller.signal, observers: [{ onEvent }] });
    expect([ended.error!.code, statuses(ended)["b"], clock.pending]).toEqual(["cancelled", "pending", 0]);
  });

  test("a second abort changes nothing", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const late = latch();
    flow.addNode(
      "deaf",
      work(() => late),
    );
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal, timeoutMs: 100 });
    await clock.advance(90);
    controller.abort("first");
    await clock.advance(250);
    expect((await watched).error).toMatchObject({ code: "cancelled", cause: "first" });
    expect([clock.now(), clock.pending]).toEqual([340, 0]);
    late.open();
  });

  test("K4: no listener is left on the caller's signal, however the run ended", async () => {
    const { signal } = new AbortController();
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => 1),
    );
    await watch(runtime, flow, { signal });
    const failing = new Workflow("w");
    failing.addNode(
      "node",
      work(() => Promise.reject(new Error("no"))),
    );
    await watch(runtime, failing, { signal });
    const late = new Workflow("w");
    late.addNode("node", work(untilAborted));
    const watched = watch(runtime, late, { signal, timeoutMs: 5 });
    await clock.advance(5);
    await watched;
    expect([getEventListeners(signal, "abort").length, clock.pending]).toEqual([0, 0]);
  });
});

describe("a place that gets ready", () => {
  /** A runtime whose place is ready when the test says so. */
  class SlowPlace extends InlineRuntime {
    readonly ready = latch();
    asked: AbortSignal | undefined;
    protected override async prepare(_plan: unknown, signal: AbortSignal): Promise<void> {
      this.asked = signal;
      await this.ready;
    }
  }

  test("K1: is told when the run is not wanted any more, and nothing starts", async () => {
    const runtime = new SlowPlace({ clock: new ManualClock() });
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => 1),
    );
    const controller = new AbortController();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    expect(runtime.asked!.aborted).toBe(false);
    controller.abort();
    expect(runtime.asked!.aborted).toBe(true);
    runtime.ready.open();
    const { error, events } = await watched;
    expect([error!.code, happened(events)]).toEqual(["cancelled", []]);
  });

  test("K4: close({ cancel }) does the same, and waits until the call is over", async () => {
    const runtime = new SlowPlace({ clock: new ManualClock() });
    const flow = new Workflow("w");
    flow.addNode(
      "node",
      work(() => 1),
    );
    const watched = watch(runtime, flow);
    await new Promise((resolve) => setImmediate(resolve));
    let isClosed = false;
    const closing = runtime.close({ cancel: true }).then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([runtime.asked!.aborted, isClosed]).toEqual([true, false]);
    runtime.ready.open();
    expect((await watched).error!.code).toBe("cancelled");
    await closing;
  });
});
