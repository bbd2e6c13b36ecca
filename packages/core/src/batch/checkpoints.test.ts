import { describe, expect, test } from "vitest";
import { z } from "zod";
import { all, any, delta, fixpoint, plateau } from "../define/criterion.ts";
import { defineFunction } from "../define/defined-function.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import type { NodeHandle } from "../define/handle.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { WorkflowError } from "../execute/failure.ts";
import type { RunEvent } from "../observe/event.ts";
import { CheckpointRuntime, tally } from "./checkpoint-runtime.fixture.ts";
import { Control } from "./control.ts";
import type { BatchEnd } from "./report.ts";
import { type ReportPortion, unpackReports } from "./report-portion.ts";

type Ports = { x: number };
const ports = { input: z.object({ x: z.number() }), output: z.object({ x: z.number() }) };
const half = defineNode({ name: "half", ...ports, run: ({ x }) => ({ x: x / 2 }) });
const oddOnly = defineNode({
  name: "oddOnly",
  input: ports.input,
  output: z.object({ x: z.number().optional() }),
  run: ({ x }) => (x % 2 === 1 ? { x } : {}),
});
const keepOpen = defineNode({
  name: "keepOpen",
  ...ports,
  run: ({ x }, { state }) => {
    state["close"] ??= () => undefined;
    return { x: x + 1 };
  },
});
const isSmall = defineFunction("isSmall", (x: number) => x < 0.01);
const hasSettled = defineFunction(
  "hasSettled",
  (x: number, { history }: { readonly history: readonly number[] }) =>
    history.length === 3 && Math.abs(history[0]! - x) < 0.05,
);
const isLarge = defineFunction("isLarge", (x: number) => x > 0.02);

function looped(say: (cycle: CycleBuilder, step: NodeHandle<Ports, Ports>) => unknown, from = 8): Workflow {
  const flow = new Workflow("looped");
  const step = flow.addNode("step", half, { x: from });
  const cycle = flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(50);
  say(cycle, step);
  cycle.build();
  flow.addNode("after", half, { x: step.out.x });
  return flow;
}

const CYCLES: readonly (readonly [string, () => Workflow])[] = [
  ["a maximum", () => looped(() => undefined)],
  ["a predicate", () => looped((c, { out }) => c.convergeWhen(out.x, isSmall))],
  ["a predicate with a history", () => looped((c, { out }) => c.convergeWhen(out.x, hasSettled).historyWindow(3))],
  ["an expression", () => looped((c) => c.convergeWhen("iteration > 3 && abs(step.x - previous.step.x) < 0.01"))],
  ["a condition", () => looped((c, { out }) => c.continueWhile(out.x, isLarge))],
  [
    "patience",
    () =>
      looped((c, { out }) =>
        c.convergeWhen(
          all(delta(out.x, 0.1, { patience: 4 }), any(plateau(out.x), fixpoint(out.x), delta(out.x, 0.05))),
        ),
      ),
  ],
  [
    "running out as a failure",
    () => looped((c, { out }) => c.convergeWhen(out.x, isSmall).maxIterations(7).onExhausted("fail")),
  ],
  [
    "a node that is skipped now and then",
    () => {
      const flow = new Workflow("skipping");
      const step = flow.addNode("step", tally, { x: 0 });
      const odd = flow.addNode("odd", oddOnly, { x: step.out.x });
      flow.addNode("reader", half, { x: odd.out.x as never });
      flow.createCycle("loop").connect(step.out.x, step.in.x).include("odd", "reader").maxIterations(6).build();
      return flow;
    },
  ],
  [
    "state",
    () => {
      const flow = new Workflow("tallied");
      const step = flow.addNode("step", tally, { x: 0 });
      flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(11).build();
      return flow;
    },
  ],
  [
    "a cycle within",
    () => {
      const flow = new Workflow("nested");
      const inner = flow.addNode("inner", tally, { x: 0 });
      const outer = flow.addNode("outer", tally, { x: inner.out.x });
      flow.createCycle("few").connect(inner.out.x, inner.in.x).maxIterations(3).build();
      flow.createCycle("all").connect(outer.out.x, inner.in.x).maxIterations(6).build();
      return flow;
    },
  ],
];

describe("a cycle that goes from place to place after every few iterations comes to the same", () => {
  describe.each(CYCLES)("%s", (_, build) => {
    test.each([1, 2, 3, 5, 100])("after every %i", async (size) => {
      const expected = await ended(new InlineRuntime({ collectMetrics: true }), build());
      const wandering = new CheckpointRuntime(size, { collectMetrics: true });
      wandering.isWanted = () => true;
      const { outcome, events } = await ended(wandering, build());
      expect(outcome).toEqual(expected.outcome);
      expect(events).toEqual(expected.events);
      if (size <= 3) expect(wandering.checkpoints.map(([, isOver]) => isOver)).toContain(true);
      const staying = new CheckpointRuntime(size, { collectMetrics: true });
      expect((await ended(staying, build())).outcome).toEqual(expected.outcome);
      expect(staying.checkpoints.every(([, isOver]) => !isOver)).toBe(true);
      expect(wandering.batches).toBeGreaterThanOrEqual(staying.batches);
    });
  });
});

test("a place tells after that many iterations at the latest, and ends there only where it is wanted", async () => {
  const runtime = new CheckpointRuntime(4);
  let sent = 0;
  runtime.isWanted = () => ++sent === 2;
  const flow = looped((cycle) => cycle.maxIterations(10));
  const { cycles } = await runtime.execute(flow);
  expect(cycles["loop"]?.iterations).toBe(10);
  const told = runtime.checkpoints.map(([iterations]) => iterations);
  expect(told.every((each, i) => each - (told[i - 1] ?? 0) <= 4)).toBe(true);
});

describe("a wide body of slow nodes", () => {
  const slow = defineNode({
    name: "slow",
    input: z.object({ x: z.number(), y: z.number() }),
    output: z.object({ x: z.number() }),
    run: ({ x, y }, { state }) => {
      for (const until = performance.now() + 3; performance.now() < until;);
      state["count"] = ((state["count"] as number | undefined) ?? 0) + 1;
      return { x: x + y + (state["count"] as number) };
    },
  });

  function forked(criterion: (cycle: CycleBuilder) => unknown = () => undefined): Workflow {
    const flow = new Workflow("forked");
    const first = flow.addNode("first", slow, { x: 1, y: 0 });
    const left = flow.addNode("left", slow, { x: first.out.x, y: 1 });
    const right = flow.addNode("right", slow, { x: first.out.x, y: 2 });
    const join = flow.addNode("join", slow, { x: left.out.x, y: right.out.x });
    const cycle = flow.createCycle("loop").connect(join.out.x, first.in.y).maxIterations(6);
    criterion(cycle);
    cycle.build();
    return flow;
  }

  test.each<[string, (cycle: CycleBuilder) => unknown]>([
    ["a maximum", () => undefined],
    [
      "an expression over the iteration before",
      (cycle) => cycle.convergeWhen("join.x > 10 * previous.join.x && iteration > 3"),
    ],
  ])("is taken apart after the first checkpoint, and comes to the same: %s", async (_, say) => {
    const expected = await ended(new InlineRuntime({ collectMetrics: true }), forked(say));
    const runtime = new CheckpointRuntime(1, { collectMetrics: true });
    const { outcome } = await ended(runtime, forked(say));
    expect(outcome).toEqual(expected.outcome);
    expect([runtime.batches, runtime.checkpoints.at(-1)?.[1]]).toEqual([1, true]);
  });
});

describe("a place that is lost", () => {
  /** Performs a batch until it told of so many iterations, and is never heard of again: `dies` says how its place ended. */
  function mortal(size: number, after: number, dies: (control: Control, told: number) => void): CheckpointRuntime {
    const runtime = new CheckpointRuntime(size);
    let isDead = false;
    runtime.instead = (batch, perform) => {
      if (isDead) return perform(batch);
      const { promise, resolve } = Promise.withResolvers<BatchEnd>();
      const deliver = (portion: ReportPortion): void => {
        if (isDead) return;
        batch.deliver(portion);
        // On a busy machine it tells more often.
        const told = unpackReports(portion).flatMap((report) =>
          report[0] === "checkpoint" ? [report[2].cycles[0]![1].iterations] : [],
        );
        isDead = (told.at(-1) ?? 0) >= after;
        if (!isDead) return;
        const control = new Control(batch.control);
        const error = Object.assign(new Error("the place is gone"), { code: "internal" });
        // What it does after its end is not seen: the words stay as they were.
        queueMicrotask(() => dies(control, told.at(-1)!));
        resolve({ status: "failed", error, code: "internal" });
      };
      const own = {
        order: batch.order,
        transfer: batch.transfer,
        control: new Int32Array(new SharedArrayBuffer(batch.control.byteLength)),
        deliver,
      };
      new Control(batch.control).claim(0);
      void perform(own);
      return promise;
    };
    return runtime;
  }

  test("between two iterations is another's turn: nothing runs twice, state comes along, and nothing fails", async () => {
    const flow = new Workflow("tallied");
    const step = flow.addNode("step", tally, { x: 0 });
    flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(11).build();
    const runtime = mortal(3, 6, (control, told) => control.rest(told));
    const result = await runtime.execute(flow);
    expect(result.get(step)).toEqual({ x: 11, seen: Array.from({ length: 11 }, (_, i) => i) });
    expect([result.cycles["loop"]?.iterations, runtime.batches]).toEqual([11, 2]);
  });

  test("in the middle of a node fails that node: it may have done its work already", async () => {
    const flow = looped(() => undefined);
    let known = 0;
    const runtime = mortal(3, 6, (control, told) => {
      known = told;
      control.iterations = told + 1;
      control.running = 0;
    });
    const error = (await runtime.execute(flow).catch((thrown: unknown) => thrown)) as WorkflowError;
    expect(error).toMatchObject({ code: "internal", nodeId: "step", iteration: known + 2 });
    expect(error.cycles["loop"]).toMatchObject({ iterations: known, reason: "failed" });
    expect(error.partialResults).toEqual({ step: { x: 8 / 2 ** known } });
    expect(runtime.batches).toBe(1);
  });
});

test("state that cannot cross keeps its cycle where it is", async () => {
  const flow = new Workflow("open");
  const step = flow.addNode("step", keepOpen, { x: 0 });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(9).build();
  const runtime = new CheckpointRuntime(2);
  runtime.isWanted = () => true;
  const result = await runtime.execute(flow);
  expect([result.get(step), runtime.checkpoints, runtime.batches]).toEqual([{ x: 9 }, [], 1]);
});

interface Ended {
  readonly outcome: unknown;
  readonly events: readonly unknown[];
}

/** What a run came to, and what was told of it, apart from times and places. */
async function ended(runtime: InlineRuntime | CheckpointRuntime, flow: Workflow): Promise<Ended> {
  const events: RunEvent[] = [];
  const observers = [{ onEvent: (event: RunEvent) => void events.push(event) }];
  const outcome = await runtime.execute(flow, { runId: "run", observers }).then(
    ({ results, cycles, metrics }) => ({
      results,
      cycles: timeless(cycles),
      counts: Object.entries(metrics!.nodeTimes).map(([id, { count }]) => [id, count]),
    }),
    ({ code, message, iteration, details, partialResults, cycles }: WorkflowError) => ({
      code,
      message,
      iteration,
      details,
      partialResults,
      cycles: timeless(cycles),
    }),
  );
  return {
    outcome,
    events: events
      .filter(({ type }) => type.startsWith("cycle.") || type.startsWith("node."))
      .map((event) => timeless({ event })["event"]),
  };
}

function timeless(records: Readonly<Record<string, object>>): Record<string, object> {
  const strip = (record: object): object =>
    Object.fromEntries(
      Object.entries(record).filter(([key]) => !["elapsedMs", "durationMs", "time", "seq"].includes(key)),
    );
  return Object.fromEntries(Object.entries(records).map(([name, record]) => [name, strip(record)]));
}
