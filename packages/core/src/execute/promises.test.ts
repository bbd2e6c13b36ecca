import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { latch } from "./latch.fixture.ts";
import { ManualClock, settled } from "./manual-clock.fixture.ts";
import { runtimeOf, type Work, watch, work } from "./work.fixture.ts";

const inner = (x: z.ZodType): Work =>
  defineNode({ name: "inner", input: z.object({ in: x }), output: z.object({}), run: () => ({}) }) as unknown as Work;

/** A workflow that waits for the schema of one of its inputs, before any node starts. */
const waiting: Record<string, (held: z.ZodType) => Workflow> = {
  "an input of a node": (held) => {
    const flow = new Workflow("flow");
    flow.addNode("inner", inner(held), { in: 1 });
    return flow;
  },
  "what the items of a map share": (held) => {
    const flow = new Workflow("flow");
    const node = defineNode({
      name: "item",
      input: z.object({ in: z.number(), shared: held }),
      output: z.object({}),
      run: () => ({}),
    });
    flow.addMap("map", node, { each: { in: [1] }, with: { shared: 1 } });
    return flow;
  },
  "an input of a workflow inside another": (held) => {
    const sub = new Workflow("sub", { input: z.object({ x: held }) });
    sub.addNode("inner", inner(z.any()), { in: sub.input.x });
    const flow = new Workflow("flow");
    flow.addNode("sub", sub, { x: 1 });
    return flow;
  },
};

test.each(Object.entries(waiting))(
  "K2: %s that comes after the end of the run is dropped, and counted",
  async (_, make) => {
    const [begun, hold] = [latch(), latch<number>()];
    const held = z.number().transform(async () => {
      begun.open();
      return hold;
    });
    const { runtime, clock } = runtimeOf({ graceMs: 10 });
    const stop = new AbortController();
    const ended = watch(runtime, make(held), { signal: stop.signal });
    await begun;
    stop.abort();
    await clock.advance(10);
    expect((await ended).error?.code).toBe("cancelled");
    hold.open(1);
    await hold;
    await settled();
    expect([runtime.getMetrics().lateResults, clock.pending]).toEqual([1, 0]);
  },
);

test("what the engine throws when a promise has settled ends the run, and is told", async () => {
  class Broken extends ManualClock {
    override set(): never {
      throw new Error("no timers here");
    }
  }
  const { runtime } = runtimeOf({ clock: new Broken() });
  const flow = new Workflow("flow");
  flow.addNode(
    "a",
    work(() => Promise.reject(new Error("no")), { retry: { attempts: 2 } }),
  );
  const { error } = await watch(runtime, flow);
  expect(error).toMatchObject({ code: "internal", cause: { message: "no timers here" } });
});
