import { describe, expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { type Latch, latch } from "./latch.fixture.ts";
import { happened, needing, runtimeOf, statuses, untilAborted, watch, work } from "./work.fixture.ts";

/** A cycle over `step`, which takes as long as its latches do, with a node after it. */
function timed(timeoutMs: number, latches: readonly Latch<number>[]): Workflow {
  const flow = new Workflow("w");
  const step = flow.addNode(
    "step",
    work((_, { iteration }) => latches[iteration - 1]),
  );
  flow.addNode(
    "after",
    needing(({ in: value }) => value as number),
    { in: step.out.out },
  );
  flow.createCycle("loop").connect(step.out.out, step.in.in).timeout(timeoutMs).build();
  return flow as Workflow;
}

describe("a cycle whose time is over (C10)", () => {
  test("in the first iteration: zero iterations, and the body is skipped", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const step = flow.addNode("step", work(untilAborted));
    const rest = flow.addNode(
      "rest",
      needing(() => 1),
      { in: step.out.out },
    );
    flow.addNode(
      "after",
      needing(() => 1),
      { in: rest.out.out },
    );
    flow.createCycle("loop").connect(rest.out.out, step.in.in).timeout(100).build();
    const watched = watch(runtime, flow);
    await clock.advance(100);
    const ended = await watched;
    expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "timeout", elapsedMs: 100 });
    expect(statuses(ended)).toEqual({ step: "skipped", rest: "skipped", after: "skipped" });
    expect(happened(ended.events)).toEqual([
      "step started",
      "step cancelled",
      "rest skipped",
      "loop timeout",
      "after skipped",
    ]);
    expect([ended.result!.results, clock.pending]).toEqual([{}, 0]);
  });

  test("later: the last completed iteration is kept, and goes on downstream", async () => {
    const { runtime, clock } = runtimeOf();
    const latches = [latch<number>(), latch<number>()];
    const watched = watch(runtime, timed(100, latches));
    await clock.advance(60);
    latches[0]!.open(7);
    await clock.advance(40);
    expect(clock.waits).toEqual([250]);
    latches[1]!.open(8);
    const ended = await watched;
    expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 1, reason: "timeout" });
    expect(ended.result!.results).toEqual({ step: { out: 7 }, after: { out: 7 } });
    expect([statuses(ended), clock.pending]).toEqual([{ step: "completed", after: "completed" }, 0]);
  });

  test("K2: a deaf node of the body is given up after the grace period, and its late result is dropped", async () => {
    const { runtime, clock } = runtimeOf();
    const late = latch<number>();
    const watched = watch(runtime, timed(100, [late]));
    await clock.advance(349);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    const ended = await watched;
    expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "timeout" });
    late.open(1);
    await clock.advance(0);
    expect([runtime.getMetrics().lateResults, clock.pending]).toEqual([1, 0]);
    expect(ended.events.at(-1)!.type).toBe("run.ended");
  });

  test("a body that waits for another attempt ends at once", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const retry = { attempts: 9, delayMs: 1000 };
    const step = flow.addNode(
      "step",
      work(() => Promise.reject(new Error("x")), { retry }),
    );
    flow.createCycle("loop").connect(step.out.out, step.in.in).timeout(100).build();
    const watched = watch(runtime, flow);
    await clock.advance(100);
    const ended = await watched;
    expect([ended.result!.status, statuses(ended)["step"]]).toEqual(["completed", "skipped"]);
    expect([clock.now(), clock.pending]).toEqual([100, 0]);
  });

  test("a map of the body is aborted, and nodes outside it run on", async () => {
    const { runtime, clock } = runtimeOf();
    const gate = latch<string>();
    const flow = new Workflow("w");
    flow.addNode(
      "outside",
      work(() => gate),
    );
    const map = flow.addMap("map", needing(untilAborted), { each: { in: [1, 2, 3] }, with: {} });
    const step = flow.addNode(
      "step",
      work(() => 1),
      { in: map.out.out },
    );
    flow
      .createCycle("loop")
      .connect(step.out.out as never, map.in.after as never)
      .timeout(50)
      .build();
    const watched = watch(runtime, flow);
    await clock.advance(50);
    gate.open("done");
    const ended = await watched;
    expect(ended.result!.results).toEqual({ outside: { out: "done" } });
    expect(statuses(ended)).toEqual({ outside: "completed", map: "skipped", step: "skipped" });
    expect(clock.pending).toBe(0);
  });

  test("onExhausted: fail makes it an error, with the last values", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const gate = latch<number>();
    const step = flow.addNode(
      "step",
      work((input, context) => (context.iteration === 1 ? gate : untilAborted(input, context))),
    );
    flow.createCycle("loop").connect(step.out.out, step.in.in).timeout(100).onExhausted("fail").build();
    const watched = watch(runtime, flow);
    await clock.advance(50);
    gate.open(7);
    await clock.advance(50);
    expect((await watched).error).toMatchObject({
      code: "cycle_exhausted",
      details: { reason: "timeout", iterations: 1, last: { step: { out: 7 } } },
    });
    expect(clock.pending).toBe(0);
  });

  test("a run that ends in the grace period of a cycle leaves no timer", async () => {
    const { runtime, clock } = runtimeOf();
    const late = latch<number>();
    const watched = watch(runtime, timed(100, [late]), { timeoutMs: 200 });
    await clock.advance(200);
    late.open(1);
    const { error } = await watched;
    expect(error).toMatchObject({ code: "run_timeout", cycles: { loop: { iterations: 0 } } });
    expect(clock.pending).toBe(0);
  });

  test("K3: a run that is stopped in the grace period of its only cycle is no completed run", async () => {
    const { runtime, clock } = runtimeOf();
    const late = latch<number>();
    const flow = new Workflow("w");
    const step = flow.addNode(
      "step",
      work(() => late),
    );
    flow.createCycle("loop").connect(step.out.out, step.in.in).timeout(100).build();
    const watched = watch(runtime, flow, { timeoutMs: 200 });
    await clock.advance(200);
    late.open(1);
    const { error, events } = await watched;
    expect(error?.code).toBe("run_timeout");
    expect(events.at(-1)).toMatchObject({ type: "run.ended", status: "cancelled" });
    expect(clock.pending).toBe(0);
  });

  test("a cancelled run says cancelled of a cycle that has a timeout", async () => {
    const { runtime, clock } = runtimeOf();
    const controller = new AbortController();
    const flow = new Workflow("w");
    const step = flow.addNode("step", work(untilAborted));
    flow.createCycle("loop").connect(step.out.out, step.in.in).timeout(1000).build();
    const watched = watch(runtime, flow, { signal: controller.signal });
    await clock.advance(10);
    controller.abort();
    const { error } = await watched;
    expect(error).toMatchObject({ code: "cancelled", cycles: { loop: { reason: "cancelled", elapsedMs: 10 } } });
    expect([clock.now(), clock.pending]).toEqual([10, 0]);
  });
});

describe("nested cycles with timeouts", () => {
  /** `tick`, then an inner cycle over `step`, three times over. */
  function nested(step: Parameters<typeof work>[0], inner: number | undefined, outer: number | undefined): Workflow {
    const flow = new Workflow("w");
    const tick = flow.addNode(
      "tick",
      work(() => 1),
    );
    const body = flow.addNode("step", work(step), { after: tick.out.out });
    const innerCycle = flow.createCycle("inner").connect(body.out.out, body.in.in).maxIterations(2);
    const outerCycle = flow.createCycle("outer").connect(body.out.out, tick.in.in).maxIterations(3);
    (inner === undefined ? innerCycle : innerCycle.timeout(inner)).build();
    (outer === undefined ? outerCycle : outerCycle.timeout(outer)).build();
    return flow as Workflow;
  }

  test("the inner one's time begins afresh in each outer iteration", async () => {
    const { runtime, clock } = runtimeOf();
    const watched = watch(runtime, nested(untilAborted, 100, undefined));
    await clock.advance(300);
    const { result } = await watched;
    expect(result!.cycles["inner"]).toMatchObject({ runs: 3, iterations: 0, reason: "timeout", elapsedMs: 100 });
    expect(result!.cycles["outer"]).toMatchObject({ iterations: 3, reason: "max_iterations", elapsedMs: 300 });
    expect([clock.now(), clock.pending]).toEqual([300, 0]);
  });

  test("the outer one's end cancels the inner one", async () => {
    const { runtime, clock } = runtimeOf();
    const watched = watch(runtime, nested(untilAborted, 1000, 150));
    await clock.advance(150);
    const { result, events } = await watched;
    expect(result!.cycles).toMatchObject({
      inner: { reason: "cancelled" },
      outer: { iterations: 0, reason: "timeout" },
    });
    expect(happened(events).filter((text) => !text.startsWith("tick"))).toEqual([
      "step started",
      "step cancelled",
      "inner cancelled",
      "outer timeout",
    ]);
    expect(clock.pending).toBe(0);
  });

  test("of both at one moment the inner one's count and state do not matter any more", async () => {
    const { runtime, clock } = runtimeOf();
    const watched = watch(runtime, nested(untilAborted, 100, 100));
    await clock.advance(100);
    const { result } = await watched;
    expect(result!.cycles["outer"]).toMatchObject({ iterations: 0, reason: "timeout" });
    expect([result!.results, clock.pending]).toEqual([{}, 0]);
  });
});
