import { type RunEvent, Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";
import { hear } from "./worker.fixture.ts";

test.each([true, false])("K1 · an abort reaches a node that waits, with its reason, fuse: %s", async (fuse) => {
  await using runtime = new ParallelRuntime({ maxWorkers: 1, fuse, graceMs: 60_000, env: QUICK_START });
  const flow = new Workflow("hear");
  flow.addNode("hear", hear, {});
  const controller = new AbortController();
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => {
    events.push(event);
    if (event.type === "node.progress") controller.abort();
  };
  // A grace period of a minute: only a node that heard it ends in time.
  const run = runtime.execute(flow, { signal: controller.signal, observers: [{ onEvent }] });
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(events.map(({ type }) => type).slice(-2)).toEqual(["node.cancelled", "run.ended"]);
  // The thread lives: nothing was ended by force.
  expect(runtime.workers()[0]?.starts).toBe(1);
  await expect(runtime.execute(flow, { timeoutMs: 20 })).rejects.toMatchObject({ code: "run_timeout" });
  expect(runtime.workers()[0]?.starts).toBe(1);
});
