import { expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { latch } from "./latch.fixture.ts";
import { ManualClock, settled } from "./manual-clock.fixture.ts";
import { runtimeOf, statuses, untilAborted, watch, work } from "./work.fixture.ts";

const single = (run: Parameters<typeof work>[0]): Workflow => {
  const flow = new Workflow("w");
  flow.addNode("node", work(run));
  return flow as Workflow;
};

test("K4: close waits for what runs", async () => {
  const { runtime } = runtimeOf();
  const gate = latch<number>();
  const watched = watch(
    runtime,
    single(() => gate),
  );
  let isClosed = false;
  const closing = runtime.close().then(() => (isClosed = true));
  await settled();
  expect(isClosed).toBe(false);
  gate.open(1);
  await closing;
  expect((await watched).result!.status).toBe("completed");
});

test("K4: close({ cancel }) aborts what runs, and waits for it", async () => {
  const { runtime, clock } = runtimeOf();
  const watched = watch(runtime, single(untilAborted));
  await settled();
  await runtime.close({ cancel: true });
  const ended = await watched;
  expect(ended.error).toMatchObject({ code: "cancelled", cause: { message: "the runtime is closing" } });
  expect([statuses(ended), clock.pending]).toEqual([{ node: "cancelled" }, 0]);
});

test("K4: close({ cancel }) after close() cancels what close() waits for", async () => {
  const { runtime } = runtimeOf();
  const watched = watch(runtime, single(untilAborted));
  await settled();
  const [first, second] = [runtime.close(), runtime.close({ cancel: true })];
  await Promise.all([first, second]);
  expect((await watched).error!.code).toBe("cancelled");
});

test("K4: close is idempotent, stops the place once, and later calls are refused", async () => {
  const calls: string[] = [];
  class Place extends InlineRuntime {
    protected override start(): void {
      calls.push("start");
    }
    protected override stop(): void {
      calls.push("stop");
    }
  }
  const runtime = new Place({ clock: new ManualClock() });
  await runtime.execute(single(() => 1));
  await runtime.execute(single(() => 1));
  await Promise.all([runtime.close(), runtime.close(), runtime[Symbol.asyncDispose]()]);
  expect(calls).toEqual(["start", "stop"]);
  await expect(runtime.execute(single(() => 1))).rejects.toMatchObject({ code: "runtime_closed" });
  const reading = runtime.stream(single(() => 1)).next();
  await expect(reading).rejects.toMatchObject({ code: "runtime_closed" });
});

test("K4: a place that was never asked to start is not stopped", async () => {
  const calls: string[] = [];
  class Place extends InlineRuntime {
    protected override stop(): void {
      calls.push("stop");
    }
  }
  const runtime = new Place();
  await runtime.close();
  expect(calls).toEqual([]);
});

test("O2: leaving the loop over a stream cancels the run, and waits for its end", async () => {
  const { runtime, clock } = runtimeOf();
  let ended = false;
  const flow = single(async (input, context) => {
    await untilAborted(input, context).catch(() => undefined);
    ended = true;
  });
  for await (const event of runtime.stream(flow)) if (event.type === "node.started") break;
  expect([ended, clock.pending]).toEqual([true, 0]);
});
