import { describe, expect, test } from "vitest";
import type { NodeHandle } from "../define/handle.ts";
import { Workflow } from "../define/workflow.ts";
import { happened, needing, runtimeOf, statuses, watch, work } from "./work.fixture.ts";

const counter = needing(({ in: value }) => (value as number) + 1);

/** A cycle over a node that counts from 0, with what else is said of it. */
function counting(say: (cycle: ReturnType<Workflow["createCycle"]>, step: Step, flow: Workflow) => unknown): Workflow {
  const flow = new Workflow("w");
  const step = flow.addNode("step", counter, { in: 0 });
  const cycle = flow.createCycle("loop").connect(step.out.out, step.in.in);
  say(cycle, step, flow);
  cycle.build();
  return flow as Workflow;
}

// oxlint-disable-next-line typescript/no-explicit-any -- as the node's ports are
type Step = NodeHandle<{ in?: any; after?: any }, { out?: any }>;

describe("why a cycle stops (C5)", () => {
  test("a criterion that holds counts before a limit that is reached with it", async () => {
    const flow = counting((cycle, step) => cycle.maxIterations(3).convergeWhen(step.out.out, (value) => value === 3));
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 3, converged: true, reason: "converged" });
  });

  test("the limit of iterations counts before the time", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const step = flow.addNode(
      "step",
      work(() => void clock.spend(10)),
    );
    flow.createCycle("loop").connect(step.out.out, step.in.in).maxIterations(2).timeout(20).build();
    const { result } = await watch(runtime, flow);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 2, reason: "max_iterations", elapsedMs: 20 });
    expect(clock.pending).toBe(0);
  });

  test("the time counts before the condition", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const step = flow.addNode(
      "step",
      work(() => (clock.spend(10), 1)),
    );
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .timeout(10)
      .continueWhile(step.out.out, () => false)
      .build();
    const { result } = await watch(runtime, flow);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 1, reason: "timeout" });
  });

  test("a failure counts before all", async () => {
    const { runtime } = runtimeOf({ onFailure: "continue" });
    const flow = new Workflow("w");
    const step = flow.addNode(
      "step",
      needing(({ in: value }) => (value as number) + 1),
      { in: 0 },
    );
    const bad = flow.addNode(
      "bad",
      work(() => Promise.reject(new Error("x"))),
      { in: step.out.out },
    );
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .include(bad)
      .maxIterations(1)
      .convergeWhen(step.out.out, () => true)
      .build();
    const { result } = await watch(runtime, flow);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 0, converged: false, reason: "failed" });
  });
});

describe("running out (C5)", () => {
  test("is accepted unless told otherwise, with the last values", async () => {
    const { result } = await watch(
      runtimeOf().runtime,
      counting((cycle) => cycle.maxIterations(3)),
    );
    expect([result!.status, result!.results["step"].out]).toEqual(["completed", 3]);
  });

  test("is an error with the last values where it is to fail", async () => {
    const { runtime, clock } = runtimeOf();
    const flow = counting((cycle, step, w) => {
      cycle.maxIterations(3).onExhausted("fail");
      w.addNode(
        "after",
        needing(() => 1),
        { in: step.out.out },
      );
    });
    const ended = await watch(runtime, flow);
    expect(ended.error).toMatchObject({
      code: "cycle_exhausted",
      iteration: 3,
      details: { cycle: "loop", reason: "max_iterations", iterations: 3, last: { step: { out: 3 } } },
      partialResults: { step: { out: 3 } },
    });
    expect(ended.error!.message).toContain('cycle "loop" ran out of iterations after 3');
    expect(statuses(ended)["after"]).toBe("pending");
    expect(clock.pending).toBe(0);
  });

  test("is no error where it converged in the last iteration", async () => {
    const flow = counting((cycle, step) =>
      cycle
        .maxIterations(3)
        .onExhausted("fail")
        .convergeWhen(step.out.out, (value) => value === 3),
    );
    expect((await watch(runtimeOf().runtime, flow)).result!.status).toBe("completed");
  });

  test("E2: in a run that goes on it is told, and the rest finishes", async () => {
    const { runtime } = runtimeOf({ onFailure: "continue" });
    const flow = counting((cycle, _, w) => {
      cycle.maxIterations(2).onExhausted("fail");
      w.addNode(
        "beside",
        work(() => 1),
      );
    });
    const { result } = await watch(runtime, flow);
    expect([result!.status, result!.results["beside"].out]).toEqual(["failed", 1]);
    expect(result!.errors.map(({ code }) => code)).toEqual(["cycle_exhausted"]);
  });
});

describe("R2: a body that completed no iteration counts as skipped, whatever its events told, but for what failed", () => {
  test.each(["stop", "continue"] as const)("%s", async (onFailure) => {
    const { runtime } = runtimeOf({ collectMetrics: true });
    const flow = new Workflow("w");
    const first = flow.addNode(
      "first",
      work(() => 1),
    );
    const sub = new Workflow("sub");
    sub.addNode(
      "inner",
      work(() => 1),
    );
    const inside = flow.addNode("sub", sub);
    const last = flow.addNode(
      "last",
      work(() => Promise.reject(new Error("no"))),
      { in: first.out.out },
    );
    const cycle = flow.createCycle("loop").connect(last.out.out, first.in.in).maxIterations(3);
    cycle.include(inside).build();
    const watched = await watch(runtime, flow, { onFailure });
    expect(statuses(watched)).toEqual({ first: "skipped", last: "failed", sub: "skipped", "sub/inner": "skipped" });
    const { nodes } = (watched.result ?? watched.error)!;
    expect(nodes["first"]).toMatchObject({ attempts: 0, startMs: undefined, durationMs: undefined });
    expect(watched.result?.results ?? watched.error?.partialResults).toEqual({});
  });
});

describe("nesting (C7)", () => {
  test("n inner by m outer iterations; counts of runs and of iterations in all", async () => {
    const flow = new Workflow("w");
    const tick = flow.addNode(
      "tick",
      work(() => 1),
    );
    const step = flow.addNode(
      "step",
      needing(({ in: value }) => (value as number) + 1),
      { in: 0, after: tick.out.out },
    );
    flow.createCycle("inner").connect(step.out.out, step.in.in).maxIterations(3).build();
    flow.createCycle("outer").connect(step.out.out, tick.in.in).maxIterations(2).build();
    const { result, events } = await watch(runtimeOf().runtime, flow);
    expect(result!.cycles["inner"]).toMatchObject({ iterations: 3, runs: 2, totalIterations: 6 });
    expect(result!.cycles["outer"]).toMatchObject({ iterations: 2, runs: 1, totalIterations: 2 });
    expect(result!.cycleMetrics.totalIterations).toBe(8);
    expect(happened(events).filter((text) => text === "step completed").length).toBe(6);
  });

  test("C8: the state of an inner cycle's nodes is gone with each of its runs, that of the outer one's stays", async () => {
    const flow = new Workflow("w");
    const seen: string[] = [];
    const counted = (id: string) =>
      work((_, { state }) => {
        state["n"] = ((state["n"] as number | undefined) ?? 0) + 1;
        seen.push(`${id}${String(state["n"])}`);
        return 1;
      });
    const tick = flow.addNode("tick", counted("outer"));
    const step = flow.addNode("step", counted("inner"), { after: tick.out.out });
    flow.createCycle("inner").connect(step.out.out, step.in.in).maxIterations(2).build();
    flow.createCycle("outer").connect(step.out.out, tick.in.in).maxIterations(2).build();
    await watch(runtimeOf().runtime, flow);
    expect(seen).toEqual(["outer1", "inner1", "inner2", "outer2", "inner1", "inner2"]);
  });

  test("R2: the results of a cycle within a cycle are those of the outer one's last completed iteration", async () => {
    const { runtime } = runtimeOf();
    const flow = new Workflow("w");
    const outer = flow.addNode(
      "outer",
      needing(({ in: value }) => (value as number) + 1),
      { in: 0 },
    );
    const step = flow.addNode(
      "step",
      needing(({ in: value, after }) => {
        if (after === 3) throw new Error("third");
        return ((value as number) % 10) + 1 + (after as number) * 10;
      }),
      { in: 0, after: outer.out.out },
    );
    flow.createCycle("small").connect(step.out.out, step.in.in).maxIterations(2).build();
    const end = flow.addNode(
      "end",
      needing(({ after }) => after as number),
      { in: step.out.out, after: outer.out.out },
    );
    flow.createCycle("big").connect(end.out.out, outer.in.in).maxIterations(5).build();
    const { error } = await watch(runtime, flow);
    expect(error).toMatchObject({ code: "node_failed", nodeId: "step", iteration: 1 });
    expect(error!.partialResults).toMatchObject({ outer: { out: 2 }, step: { out: 22 }, end: { out: 2 } });
    expect(error!.cycles).toMatchObject({ big: { iterations: 2, reason: "failed" } });
  });
});
