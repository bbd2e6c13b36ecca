import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { CycleWatch, WatchedCycle } from "./cycle-watch.ts";
import type { WorkflowError } from "./failure.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";

const ports = { input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) };
const count = defineNode({
  name: "count",
  ...ports,
  run: ({ n }, { state }) => {
    state["seen"] = n;
    if (n > 90) throw new Error("too many");
    return { n: n + 1 };
  },
});

/** Notes what it is told, in words. */
class NotingRuntime extends InlineRuntime {
  readonly notes: string[] = [];
  readonly outcomes: unknown[] = [];
  onIterated: (cycle: WatchedCycle) => void = () => undefined;

  protected override watchCycles(): CycleWatch {
    const note = (what: string, cycle: WatchedCycle): void => {
      const { plan } = cycle;
      const { iterations, reason } = cycle.progress;
      const state = JSON.stringify(cycle.stateOf(plan.steps[0]!));
      this.notes.push([what, plan.name, iterations, reason, state].filter((each) => each !== undefined).join(" "));
    };
    return {
      started: (cycle) => note("started", cycle),
      iterated: (cycle) => {
        note("iterated", cycle);
        this.onIterated(cycle);
      },
      ended: (cycle) => note("ended", cycle),
      concluded: (outcome) => void this.outcomes.push(outcome),
    };
  }
}

function counting(from: number, iterations: number): Workflow {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", count, { n: from });
  flow.createCycle("loop").connect(step.out.n, step.in.n).maxIterations(iterations).build();
  return flow;
}

test("C8: a watch hears a cycle begin, each iteration, and its end while the state is still there", async () => {
  const runtime = new NotingRuntime();
  const result = await runtime.execute(counting(0, 2));
  expect(runtime.notes).toEqual([
    "started loop 0",
    'iterated loop 1 {"seen":0}',
    'iterated loop 2 {"seen":1}',
    'ended loop 2 max_iterations {"seen":1}',
  ]);
  expect(runtime.outcomes).toEqual([result]);
});

test("C7: a nested cycle begins and ends in each iteration around it", async () => {
  const flow = new Workflow("nested");
  const inner = flow.addNode("inner", count, { n: 0 });
  const outer = flow.addNode("outer", count, { n: inner.out.n });
  flow.createCycle("few").connect(inner.out.n, inner.in.n).maxIterations(2).build();
  flow.createCycle("all").connect(outer.out.n, inner.in.n).maxIterations(2).build();
  const runtime = new NotingRuntime();
  await runtime.execute(flow);
  const round = ["started few", "iterated few", "iterated few", "ended few", "iterated all"];
  const told = runtime.notes.map((note) => note.split(" ").slice(0, 2).join(" "));
  expect(told).toEqual(["started all", ...round, ...round, "ended all"]);
});

describe("C4: what a watch throws after an iteration fails the cycle", () => {
  test("and the run, with the iteration that is complete", async () => {
    const runtime = new NotingRuntime();
    runtime.onIterated = ({ progress: { iterations } }) => {
      if (iterations === 2) throw new RangeError("enough");
    };
    const error = await runtime.execute(counting(0, 5)).catch((thrown: unknown) => thrown as WorkflowError);
    expect(error).toMatchObject({
      iteration: 2,
      cause: { message: "enough" },
      cycles: { loop: { iterations: 2, reason: "failed" } },
    });
    expect((error as WorkflowError).partialResults).toEqual({ step: { n: 2 } });
    expect(runtime.outcomes).toEqual([error]);
  });
});

test("C5: a watch hears of the end of a cycle whose node fails, and of one that the run's end cuts off", async () => {
  const failing = new NotingRuntime();
  await expect(failing.execute(counting(90, 5))).rejects.toThrow("too many");
  expect(failing.notes.at(-1)).toMatch(/^ended loop 1 failed/);

  const cancelled = new NotingRuntime();
  const controller = new AbortController();
  cancelled.onIterated = () => controller.abort();
  await expect(cancelled.execute(counting(0, 5), { signal: controller.signal })).rejects.toThrow("cancelled");
  expect(cancelled.notes.at(-1)).toMatch(/^ended loop 1 cancelled/);
});

test("C8: state is gone when the cycle is over, though the result lives on", async () => {
  const kept: WeakRef<object>[] = [];
  const hoard = defineNode({
    name: "hoard",
    ...ports,
    run: ({ n }, { state }) => {
      kept.push(new WeakRef((state["large"] = { rows: new Array<number>(1000).fill(n) })));
      return { n: n + 1 };
    },
  });
  const flow = new Workflow("hoarding");
  const step = flow.addNode("step", hoard, { n: 0 });
  flow.createCycle("loop").connect(step.out.n, step.in.n).maxIterations(3).build();
  const result = await new InlineRuntime().execute(flow);
  expect(kept).toHaveLength(3);
  await collected(kept);
  expect(kept.map((each) => each.deref())).toEqual([undefined, undefined, undefined]);
  expect(result.get(step).n).toBe(3);
});

/** A weak reference is not emptied within the turn that made it. */
async function collected(references: readonly WeakRef<object>[]): Promise<void> {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 50 && references.some((each) => each.deref() !== undefined); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}
