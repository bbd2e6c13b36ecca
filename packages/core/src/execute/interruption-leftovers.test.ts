import { expect, test } from "vitest";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { latch } from "./latch.fixture.ts";
import { happened, needing, runtimeOf, statuses, watch, work } from "./work.fixture.ts";

// What waits somewhere when a cycle's time is over must not come back after its end (C10).

test("a step that waits for its group does not start after the end of its cycle", async () => {
  const { runtime, clock } = runtimeOf({ groupLimits: { api: 1 } });
  const gate = latch<number>();
  const flow = new Workflow("w");
  const holder = flow.addNode(
    "holder",
    work(() => gate, { group: "api" }),
  );
  flow.addNode(
    "next",
    work(() => Promise.resolve(1)),
    { in: holder.out.out },
  );
  const first = flow.addNode(
    "first",
    work(() => 1),
  );
  const step = flow.addNode(
    "step",
    work(() => 1, { group: "api" }),
    { after: first.out.out },
  );
  flow.createCycle("loop").connect(step.out.out, first.in.in).timeout(100).build();
  const watched = watch(runtime, flow);
  await clock.advance(100);
  gate.open(1);
  const ended = await watched;
  expect(happened(ended.events).filter((text) => text.startsWith("step"))).toEqual(["step skipped"]);
  expect(statuses(ended)).toEqual({
    holder: "completed",
    next: "completed",
    first: "skipped",
    step: "skipped",
  });
});

test("a step whose wait for an attempt was over and that waited for a slot starts again in the next run of its cycle", async () => {
  const { runtime, clock } = runtimeOf({}, 1);
  const gate = latch<number>();
  const flow = new Workflow("w");
  const tick = flow.addNode(
    "tick",
    work(() => 1),
  );
  let calls = 0;
  const flaky = work(
    () => {
      calls++;
      if (calls === 1) throw new Error("x");
      return calls;
    },
    { retry: { attempts: 2, delayMs: 10 } },
  );
  const step = flow.addNode("step", flaky, { after: tick.out.out });
  flow.addNode(
    "holder",
    work(() => gate),
  );
  flow.createCycle("inner").connect(step.out.out, step.in.in).maxIterations(1).timeout(50).build();
  flow.createCycle("outer").connect(step.out.out, tick.in.in).maxIterations(2).build();
  const watched = watch(runtime, flow);
  await clock.advance(60);
  gate.open(1);
  await clock.advance(0);
  const ended = await watched;
  expect(ended.error).toBeUndefined();
  expect(ended.result!.results["step"]).toEqual({ out: 2 });
  expect(ended.result!.cycles).toMatchObject({ inner: { iterations: 1, runs: 2 }, outer: { iterations: 2 } });
  expect(clock.pending).toBe(0);
});

test("a workflow in the body whose input is still being checked does not start after the end of its cycle", async () => {
  const { runtime, clock } = runtimeOf();
  const [check, gate] = [latch<boolean>(), latch<number>()];
  const inner = new Workflow("inner", {
    input: z.object({ x: z.number().refine(async () => check) }),
    output: z.object({ y: z.any().optional() }),
  });
  const work1 = inner.addNode(
    "node",
    needing(({ in: value }) => value as number),
    { in: inner.input.x },
  );
  inner.setOutput({ y: work1.out.out });
  const flow = new Workflow("w");
  const first = flow.addNode(
    "first",
    work(() => 1),
  );
  const sub = flow.addNode("sub", inner, { x: first.out.out });
  flow.createCycle("loop").connect(sub.out.y, first.in.in).timeout(100).build();
  flow.addNode(
    "holder",
    work(() => gate),
  );
  const watched = watch(runtime, flow);
  await clock.advance(100);
  check.open(true);
  await clock.advance(0);
  gate.open(1);
  const ended = await watched;
  expect(happened(ended.events).filter((text) => text.startsWith("sub"))).toEqual(["sub/node skipped"]);
  expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "timeout" });
  expect(statuses(ended)).toMatchObject({ first: "skipped", "sub/node": "skipped", holder: "completed" });
});

test("a check of one run of a cycle does not count for the next", async () => {
  const { runtime, clock } = runtimeOf();
  const checks = [latch<boolean>(), latch<boolean>()];
  let asked = 0;
  const inner = new Workflow("inner", {
    input: z.object({ x: z.number().refine(async () => checks[asked++]) }),
    output: z.object({ y: z.any().optional() }),
  });
  const node = inner.addNode(
    "node",
    needing(({ in: value }) => value as number),
    { in: inner.input.x },
  );
  inner.setOutput({ y: node.out.out });
  const flow = new Workflow("w");
  const tick = flow.addNode(
    "tick",
    work((_, { iteration }) => iteration),
  );
  const first = flow.addNode(
    "first",
    work(({ after }) => after as number),
    { after: tick.out.out },
  );
  const sub = flow.addNode("sub", inner, { x: first.out.out });
  flow.createCycle("inner").connect(sub.out.y, first.in.in).maxIterations(1).timeout(100).build();
  flow.createCycle("outer").connect(sub.out.y, tick.in.in).maxIterations(2).build();
  const watched = watch(runtime, flow);
  await clock.advance(110);
  checks[0]!.open(true);
  await clock.advance(10);
  checks[1]!.open(true);
  await clock.advance(0);
  const ended = await watched;
  expect(ended.error).toBeUndefined();
  expect(ended.result!.results).toMatchObject({ tick: { out: 2 }, sub: { y: 2 }, "sub/node": { out: 2 } });
  expect(happened(ended.events).filter((text) => text === "sub/node completed").length).toBe(1);
  expect(clock.pending).toBe(0);
});
