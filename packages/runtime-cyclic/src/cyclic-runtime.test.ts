import { defineNode, Workflow, type WorkflowError } from "@polyloom/core";
import type { Clock } from "@polyloom/core/runtime";
import { LocalRuntime } from "@polyloom/runtime-local";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { counting, hoard, increment, thrownBy } from "./counting.fixture.ts";
import type { CycleEndMoment, IterationMoment } from "./cyclic-options.ts";
import { CyclicRuntime } from "./cyclic-runtime.ts";

/** A clock on which each look at it takes a millisecond. */
function ticking(): Clock {
  let now = 0;
  return {
    now: () => ++now,
    set: (call, milliseconds) => setTimeout(call, milliseconds),
    clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
    turn: (call) => void setImmediate(call),
  };
}

describe("history", () => {
  test("the newest iterations can be read after the run, by the cycle's name, with the values of each", async () => {
    const runtime = new CyclicRuntime({ history: { iterations: 2 }, clock: ticking() });
    const result = await runtime.execute(counting(5).flow);
    const { history, ...report } = runtime.cyclesOf(result)["loop"]!;
    expect(history).toEqual([
      { iteration: 4, values: { step: { n: 4 } }, elapsedMs: expect.any(Number) },
      { iteration: 5, values: { step: { n: 5 } }, elapsedMs: expect.any(Number) },
    ]);
    expect(history[1]!.elapsedMs).toBeGreaterThan(history[0]!.elapsedMs);
    expect(report).toEqual({ ...result.cycles["loop"], times: undefined });
  });

  test("by bytes it stays within them", async () => {
    const runtime = new CyclicRuntime({ history: { bytes: 100 } });
    const { history } = runtime.cyclesOf(await runtime.execute(counting(1000).flow))["loop"]!;
    expect(history.at(-1)?.iteration).toBe(1000);
    expect(history.length).toBeGreaterThan(2);
    expect(history.length).toBeLessThan(20);
  });

  test("of a run that failed it is there as well: the iterations before the failure", async () => {
    const fragile = defineNode({
      name: "fragile",
      input: z.object({ n: z.number() }),
      output: z.object({ n: z.number() }),
      run: ({ n }) => {
        if (n === 3) throw new RangeError("three");
        return { n: n + 1 };
      },
    });
    const runtime = new CyclicRuntime({ history: { iterations: 10 } });
    const error = (await thrownBy(runtime.execute(counting(9, fragile).flow))) as WorkflowError;
    const { reason, history } = runtime.cyclesOf(error)["loop"]!;
    expect([reason, history.map(({ iteration }) => iteration)]).toEqual(["failed", [1, 2, 3]]);
  });

  test("C7: of a nested cycle it is that of its last run", async () => {
    const flow = new Workflow("nested");
    const inner = flow.addNode("inner", increment, { n: 0 });
    const outer = flow.addNode("outer", increment, { n: inner.out.n });
    flow.createCycle("few").connect(inner.out.n, inner.in.n).maxIterations(2).build();
    flow.createCycle("all").connect(outer.out.n, inner.in.n).maxIterations(3).build();
    const runtime = new CyclicRuntime({ history: { iterations: 10 }, collectMetrics: true });
    const { few, all } = runtime.cyclesOf(await runtime.execute(flow));
    expect(few!.history.map(({ iteration, values }) => [iteration, values["inner"]])).toEqual([
      [1, { n: 7 }],
      [2, { n: 8 }],
    ]);
    expect(all!.history.map(({ iteration, values }) => [iteration, Object.keys(values)])).toEqual([
      [1, ["inner", "outer"]],
      [2, ["inner", "outer"]],
      [3, ["inner", "outer"]],
    ]);
    expect([few!.times!.count, all!.times!.count]).toEqual([6, 3]);
  });

  test("S8: two runs at once have histories of their own", async () => {
    const runtime = new CyclicRuntime({ history: { iterations: 1 } });
    const [five, nine] = await Promise.all([runtime.execute(counting(5).flow), runtime.execute(counting(9).flow)]);
    const lastOf = (result: typeof five): number | undefined => runtime.cyclesOf(result)["loop"]!.history[0]?.iteration;
    expect([lastOf(five), lastOf(nine)]).toEqual([5, 9]);
  });

  test("without the option there is none, and a result of another runtime has none either", async () => {
    const runtime = new CyclicRuntime();
    const { flow } = counting(5);
    for (const result of [await runtime.execute(flow), await new LocalRuntime().execute(flow)])
      expect(runtime.cyclesOf(result)["loop"]).toMatchObject({ iterations: 5, history: [], times: undefined });
  });
});

describe("metrics", () => {
  test("O3: of each cycle times of its iterations and why it stopped, of one run and of all", async () => {
    const runtime = new CyclicRuntime({ collectMetrics: true, clock: ticking() });
    const result = await runtime.execute(counting(4).flow);
    const { times } = runtime.cyclesOf(result)["loop"]!;
    expect(times).toMatchObject({ count: 4 });
    expect(times!.min).toBeGreaterThan(0);
    expect(times!.total).toBeLessThanOrEqual(result.cycles["loop"]!.elapsedMs);
    expect(times!.mean).toBeCloseTo(times!.total / 4);

    await runtime.execute(counting(10).flow);
    const { cycles, ...sums } = runtime.getCycleMetrics();
    expect(sums).toEqual({ totalIterations: 14, converged: false });
    expect(cycles["loop"]).toMatchObject({
      runs: 2,
      totalIterations: 14,
      reasons: { max_iterations: 2 },
      times: { count: 14 },
    });
  });

  test("converged says whether every cycle did, every time", async () => {
    const runtime = new CyclicRuntime({ collectMetrics: true });
    expect(runtime.getCycleMetrics()).toEqual({ totalIterations: 0, converged: false, cycles: {} });
    const flow = new Workflow("w");
    const step = flow.addNode("step", increment, { n: 0 });
    flow.createCycle("loop").connect(step.out.n, step.in.n).convergeWhen("step.n == 3").build();
    await runtime.execute(flow);
    expect(runtime.getCycleMetrics()).toMatchObject({ totalIterations: 3, converged: true });
    await runtime.execute(counting(2).flow);
    expect(runtime.getCycleMetrics()).toMatchObject({ totalIterations: 5, converged: false });
  });

  test("off they are not collected, whatever else is asked for", async () => {
    const runtime = new CyclicRuntime({ history: { iterations: 1 } });
    await runtime.execute(counting(4).flow);
    expect(runtime.getCycleMetrics().cycles).toEqual({});
  });
});

describe("hooks", () => {
  test("are told each iteration in order, and the end with the state that is about to go", async () => {
    const moments: (IterationMoment | CycleEndMoment)[] = [];
    const note = (moment: IterationMoment | CycleEndMoment): void => void moments.push(moment);
    const runtime = new CyclicRuntime({ onIteration: note, onCycleEnd: note });
    await runtime.execute(counting(2, hoard).flow, { runId: "mine" });
    const common = { runId: "mine", cycle: "loop", elapsedMs: expect.any(Number) };
    expect(moments).toEqual([
      { ...common, iteration: 1, values: { step: { n: 1 } } },
      { ...common, iteration: 2, values: { step: { n: 2 } } },
      { ...common, iterations: 2, reason: "max_iterations", state: { step: { rows: [0, 1] } } },
    ]);
  });

  test("C8: the end is told however the cycle ends, so that what its state holds can be closed", async () => {
    const reasons: string[] = [];
    const controller = new AbortController();
    const runtime = new CyclicRuntime({
      onIteration: ({ iteration }) => iteration === 3 && controller.abort(),
      onCycleEnd: ({ reason, state }) => void reasons.push(`${reason} ${JSON.stringify(state)}`),
    });
    expect(await thrownBy(runtime.execute(counting(9, hoard).flow, { signal: controller.signal }))).toMatchObject({
      code: "cancelled",
    });
    expect(reasons).toEqual(['cancelled {"step":{"rows":[0,1,2]}}']);
  });

  test("E7: what they throw, at once or later, is logged and fails nothing", async () => {
    const logged: unknown[] = [];
    const logger = {
      child: () => logger,
      warn: () => undefined,
      error: (about: { err: Error }) => void logged.push(about.err.message),
    };
    const runtime = new CyclicRuntime({
      logger: logger as never,
      onIteration: ({ iteration }) => {
        throw new Error(`iteration ${iteration}`);
      },
      onCycleEnd: (async () => {
        throw new Error("the end");
      }) as never,
    });
    const { cycles } = await runtime.execute(counting(2).flow);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cycles["loop"]).toMatchObject({ iterations: 2, reason: "max_iterations" });
    expect(logged).toEqual(["iteration 1", "iteration 2", "the end"]);
  });

  test("an asynchronous one is not waited for", async () => {
    const never = new Promise<void>(() => undefined);
    const runtime = new CyclicRuntime({ onIteration: () => never as unknown as void });
    expect((await runtime.execute(counting(3).flow)).status).toBe("completed");
  });

  test("V5: what they are told is read-only, and changing nothing changes no result", async () => {
    const frozen: boolean[] = [];
    const onIteration = (moment: IterationMoment): void =>
      void frozen.push(Object.isFrozen(moment), Object.isFrozen(moment.values));
    const runtime = new CyclicRuntime({ onIteration });
    const { flow, step } = counting(7);
    const watched = await runtime.execute(flow);
    expect(frozen).toEqual(new Array(14).fill(true));
    expect(watched.get(step)).toEqual((await new LocalRuntime().execute(flow)).get(step));
  });
});

describe("D4: a limit of memory", () => {
  test("fails the cycle whose state grows past it, by name, with size and limit", async () => {
    const runtime = new CyclicRuntime({ memoryLimit: 1000 });
    const error = (await thrownBy(runtime.execute(counting(1_000_000, hoard).flow))) as WorkflowError;
    expect(error).toMatchObject({
      code: "cycle_memory_exceeded",
      details: { cycle: "loop", limit: 1000, bytes: expect.any(Number) },
    });
    expect(error.details["bytes"]).toBeGreaterThan(1000);
    expect(error.message).toMatch(
      /cycle "loop" keeps at least \d+ bytes after iteration \d+, more than its memoryLimit of 1000/,
    );
    const { iterations, reason } = error.cycles["loop"]!;
    expect([reason, error.iteration, error.partialResults]).toEqual([
      "failed",
      iterations,
      { step: { n: iterations } },
    ]);
    expect(iterations).toBeLessThan(600);
  });

  test("counts what history keeps", async () => {
    const kept = new CyclicRuntime({ memoryLimit: 1000, history: { iterations: 10_000 } });
    expect(await thrownBy(kept.execute(counting(10_000).flow))).toMatchObject({ code: "cycle_memory_exceeded" });
    const bounded = new CyclicRuntime({ memoryLimit: 1000, history: { iterations: 10 } });
    expect((await bounded.execute(counting(10_000).flow)).status).toBe("completed");
  });

  test("and the last outputs: one value that is too large fails in the first iteration", async () => {
    const large = defineNode({
      name: "large",
      input: z.object({ n: z.number() }),
      output: z.object({ n: z.number(), rows: z.instanceof(Float64Array) }),
      run: ({ n }) => ({ n: n + 1, rows: new Float64Array(1000) }),
    });
    const runtime = new CyclicRuntime({ memoryLimit: "4KB" });
    expect(await thrownBy(runtime.execute(counting(5, large as never).flow))).toMatchObject({
      code: "cycle_memory_exceeded",
      iteration: 1,
    });
  });

  test("E2: with onFailure continue the rest goes on", async () => {
    const runtime = new CyclicRuntime({ memoryLimit: 1000, onFailure: "continue" });
    const { flow } = counting(1_000_000, hoard);
    flow.addNode("free", increment, { n: 1 });
    const result = await runtime.execute(flow);
    expect(result).toMatchObject({
      status: "failed",
      results: { free: { n: 2 } },
      cycles: { loop: { reason: "failed" } },
    });
  });

  test("what stays below it runs to its end", async () => {
    const runtime = new CyclicRuntime({ memoryLimit: "1MB" });
    expect((await runtime.execute(counting(100, hoard).flow)).status).toBe("completed");
  });
});
