import { delta, type RunEvent, type RunResult, Workflow, type WorkflowError } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { afterAll, describe, expect, test } from "vitest";
import { thrownBy } from "./counting.fixture.ts";
import { ParallelCyclicRuntime, type ParallelCyclicRuntimeOptions } from "./parallel-cyclic-runtime.ts";
import {
  around,
  compute,
  exitAfter,
  exitAt,
  failAt,
  hypot,
  isFar,
  isLow,
  isUp,
  meet,
  meetLate,
  newton,
  putUp,
  QUICK_START,
  stands,
  tally,
} from "./workers.fixture.ts";

const made: ParallelCyclicRuntime[] = [];

/** A runtime that is closed after the tests; workers start anew only where options differ. */
function runtimeWith(options: ParallelCyclicRuntimeOptions = {}): ParallelCyclicRuntime {
  const runtime = new ParallelCyclicRuntime({ maxWorkers: 2, env: QUICK_START, ...options });
  made.push(runtime);
  return runtime;
}

afterAll(() => Promise.all(made.map((runtime) => runtime.close())));

describe("options", () => {
  test("those of ParallelRuntime, and how many iterations a batch has", () => {
    expect(runtimeWith().capabilities).toMatchObject({
      place: "worker",
      maxConcurrency: 2,
      cycleBatchSize: 1_000,
      fuses: true,
    });
    expect(runtimeWith({ maxWorkers: 3, cycleBatchSize: 10 }).capabilities).toMatchObject({
      maxConcurrency: 3,
      cycleBatchSize: 10,
    });
    expect(runtimeWith().name).toBe("parallel-cyclic");
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, "10", null])("refuses a cycleBatchSize of %o", (cycleBatchSize) => {
    expect(() => new ParallelCyclicRuntime({ cycleBatchSize: cycleBatchSize as number })).toThrow(
      expect.objectContaining({
        code: "invalid_option",
        message: expect.stringContaining("cycleBatchSize has to be a whole number from 1"),
      }),
    );
  });

  test("refuses one that it does not know, and names the nearest", () => {
    expect(() => new ParallelCyclicRuntime({ cycleBatchsize: 10 } as object)).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining("cycleBatchSize") }),
    );
  });
});

describe("results are those of the local runtime, whatever the size of a batch", () => {
  const flows: readonly (readonly [string, () => Workflow])[] = [
    [
      "early convergence inside a batch of a hundred",
      () => {
        const { flow, step } = around(tally);
        flow
          .createCycle("loop")
          .connect(step.out.x, step.in.x)
          .convergeWhen(step.out.x, isFar)
          .maxIterations(1_000)
          .build();
        return flow;
      },
    ],
    [
      "a predicate that compares with the iteration before",
      () => {
        const { flow, step } = around(newton);
        flow.createCycle("loop").connect(step.out.x, step.in.x).convergeWhen(step.out.x, stands).build();
        return flow;
      },
    ],
    [
      "a criterion with patience",
      () => {
        const { flow, step } = around(newton);
        flow
          .createCycle("loop")
          .connect(step.out.x, step.in.x)
          .convergeWhen(delta(step.out.x, 1e-9, { patience: 3 }))
          .build();
        return flow;
      },
    ],
    [
      "a condition",
      () => {
        const { flow, step } = around(tally);
        flow
          .createCycle("loop")
          .connect(step.out.x, step.in.x)
          .continueWhile(step.out.x, isLow)
          .maxIterations(90)
          .build();
        return flow;
      },
    ],
    [
      "a cycle within a cycle, with state",
      () => {
        const flow = new Workflow("nested");
        const inner = flow.addNode("inner", tally, { x: 0 });
        const outer = flow.addNode("outer", tally, { x: inner.out.x });
        flow.createCycle("few").connect(inner.out.x, inner.in.x).maxIterations(3).build();
        flow.createCycle("all").connect(outer.out.x, inner.in.x).maxIterations(9).build();
        return flow;
      },
    ],
    [
      "cycle, node, cycle",
      () => {
        const flow = new Workflow("twice");
        const first = flow.addNode("first", tally, { x: 0 });
        const between = flow.addNode("between", newton, { x: first.out.x });
        const second = flow.addNode("second", tally, { x: between.out.x });
        flow.createCycle("one").connect(first.out.x, first.in.x).maxIterations(20).build();
        flow.createCycle("two").connect(second.out.x, second.in.x).maxIterations(30).build();
        return flow;
      },
    ],
    [
      "a node that throws in the seventh iteration",
      () => {
        const flow = new Workflow("failing");
        const step = flow.addNode("step", failAt, { x: 0, at: 7 });
        flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(20).build();
        return flow;
      },
    ],
    [
      "running out as a failure",
      () => {
        const { flow, step } = around(newton);
        flow
          .createCycle("loop")
          .connect(step.out.x, step.in.x)
          .convergeWhen("step.x < 0")
          .maxIterations(12)
          .onExhausted("fail")
          .build();
        return flow;
      },
    ],
  ];
  describe.each(flows)("%s", (_, build) => {
    test.each([1, 4, 100, undefined])("cycleBatchSize %o", async (cycleBatchSize) => {
      const expected = await outcome(new LocalRuntime(), build());
      const runtime = runtimeWith(cycleBatchSize === undefined ? {} : { cycleBatchSize });
      expect(await outcome(runtime, build())).toEqual(expected);
      await runtime.close();
    });
  });
});

describe("C13: independent cycles", () => {
  test("run at the same time, each on a worker of its own", async () => {
    const flow = new Workflow("meeting");
    const counts = new SharedArrayBuffer(8);
    for (const own of [0, 1]) {
      const step = flow.addNode(`step${own}`, meet, { x: 0, own, counts });
      flow.createCycle(`loop${own}`).connect(step.out.x, step.in.x).maxIterations(40).build();
    }
    const { results } = await runtimeWith().execute(flow);
    expect(results).toEqual({ step0: { x: 40 }, step1: { x: 40 } });
  });

  test(
    "give way to each other on one worker: one ends only because the other has its turn",
    { timeout: 30_000 },
    async () => {
      const flow = new Workflow("waiting");
      const flag = new SharedArrayBuffer(4);
      const waits = flow.addNode("waits", isUp, { x: 0, flag });
      const helps = flow.addNode("helps", putUp, { x: 0, flag });
      flow.createCycle("wait").connect(waits.out.x, waits.in.x).convergeWhen("waits.up").build();
      flow.createCycle("help").connect(helps.out.x, helps.in.x).maxIterations(5).build();
      const { cycles, results } = await runtimeWith({ maxWorkers: 1, cycleBatchSize: 100 }).execute(flow);
      expect(cycles["wait"]).toMatchObject({ converged: true, reason: "converged" });
      expect(results["helps"]).toEqual({ x: 5 });
    },
  );

  test("of very different length all end, and what waits for one of them starts when it has", async () => {
    const flow = new Workflow("lengths");
    const lengths = [1, 300, 2, 40, 7, 150];
    for (const [i, length] of lengths.entries()) {
      const step = flow.addNode(`step${i}`, compute, { x: 0, ms: 0.5 });
      flow.createCycle(`loop${i}`).connect(step.out.x, step.in.x).maxIterations(length).build();
      flow.addNode(`after${i}`, newton, { x: step.out.x });
    }
    const { cycles, results } = await runtimeWith({ cycleBatchSize: 10 }).execute(flow);
    expect(lengths.map((_, i) => [cycles[`loop${i}`]?.iterations, results[`step${i}`].x])).toEqual(
      lengths.map((n) => [n, n]),
    );
    expect(results["after1"].x).toBeCloseTo(150, 0);
  });
});

test("C13: a wide body of slow nodes runs its nodes at the same time", async () => {
  const flow = new Workflow("wide");
  const counts = new SharedArrayBuffer(8);
  const first = flow.addNode("first", compute, { x: 0, ms: 2 });
  const left = flow.addNode("left", meetLate, { x: first.out.x, own: 0, counts });
  const right = flow.addNode("right", meetLate, { x: first.out.x, own: 1, counts });
  const join = flow.addNode("join", hypot, { x: left.out.x, y: right.out.x });
  flow.createCycle("loop").connect(join.out.x, first.in.x).maxIterations(8).build();
  const { results, cycles, nodes } = await runtimeWith({ cycleBatchSize: 1 }).execute(flow);
  expect(cycles["loop"]?.iterations).toBe(8);
  expect(results["left"]).toEqual(results["right"]);
  expect(nodes["left"]?.where).not.toBe(nodes["right"]?.where);
});

describe("a worker that dies", () => {
  test("between two iterations: the cycle goes on elsewhere with its state, and no iteration runs twice", async () => {
    const flow = new Workflow("mortal");
    const runs = new SharedArrayBuffer(4);
    const step = flow.addNode("step", exitAfter, { x: 0, at: 5, runs });
    flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(12).build();
    const result = await runtimeWith({ cycleBatchSize: 1 }).execute(flow);
    expect(result.get(step)).toEqual({ x: 12, seen: Array.from({ length: 12 }, (_, i) => i + 1) });
    expect([result.cycles["loop"]?.iterations, new Int32Array(runs)[0]]).toEqual([12, 12]);
  });

  test("in the middle of an iteration fails its node, by name, with the iteration and what was complete before", async () => {
    const flow = new Workflow("mortal");
    const step = flow.addNode("step", exitAt, { x: 0, at: 5 });
    flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(12).build();
    const error = (await thrownBy(runtimeWith({ cycleBatchSize: 1 }).execute(flow))) as WorkflowError;
    expect(error).toMatchObject({ code: "place_lost", nodeId: "step", iteration: 5 });
    expect(error.partialResults).toEqual({ step: { x: 4 } });
    expect(error.cycles["loop"]).toMatchObject({ iterations: 4, reason: "failed" });
  });
});

describe("K1, K3: a cycle on a worker", () => {
  test("is ended by the run's signal between two iterations, and keeps the last complete one", async () => {
    const flow = new Workflow("endless");
    const step = flow.addNode("step", compute, { x: 0, ms: 1 });
    flow.createCycle("loop").connect(step.out.x, step.in.x).convergeWhen("step.x < 0").build();
    const controller = new AbortController();
    let heard = 0;
    const onEvent = ({ type }: RunEvent): void => {
      if (type === "cycle.iteration" && ++heard === 3) controller.abort();
    };
    const error = (await thrownBy(
      runtimeWith({ cycleBatchSize: 1 }).execute(flow, { signal: controller.signal, observers: [{ onEvent }] }),
    )) as WorkflowError;
    const { iterations, reason } = error.cycles["loop"]!;
    expect([error.code, reason, error.partialResults]).toEqual(["cancelled", "cancelled", { step: { x: iterations } }]);
    expect(iterations).toBeGreaterThanOrEqual(3);
  });
});

/** What a run came to, apart from times. */
async function outcome(runtime: LocalRuntime | ParallelCyclicRuntime, flow: Workflow): Promise<unknown> {
  const cyclesOf = ({ cycles }: RunResult | WorkflowError): unknown =>
    Object.entries(cycles).map(([name, report]) => [name, { ...report, elapsedMs: 0 }]);
  try {
    const result = await runtime.execute(flow);
    return { results: result.results, cycles: cyclesOf(result) };
  } catch (thrown) {
    const { code, message, nodeId, iteration, details, partialResults } = thrown as WorkflowError;
    return { code, message, nodeId, iteration, details, partialResults, cycles: cyclesOf(thrown as WorkflowError) };
  }
}
