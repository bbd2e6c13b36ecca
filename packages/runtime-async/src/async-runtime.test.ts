import { defineNode, type NodeDefinition, Workflow, type WorkflowError } from "@polyloom/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AsyncRuntime } from "./async-runtime.ts";
import { Overlap } from "./overlap.fixture.ts";
import { Rendezvous } from "./rendezvous.fixture.ts";
import { work, type Work } from "./work.fixture.ts";

describe("options", () => {
  test("runs without a limit unless told otherwise", () => {
    expect(new AsyncRuntime().capabilities.maxConcurrency).toBe(Infinity);
    expect(new AsyncRuntime({ maxConcurrency: 3 }).capabilities.maxConcurrency).toBe(3);
  });

  test.each([0, -1, 1.5, NaN, -Infinity, "3", null, {}])("refuses a maxConcurrency of %o", (maxConcurrency) => {
    const build = (): AsyncRuntime => new AsyncRuntime({ maxConcurrency: maxConcurrency as number });
    expect(build).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining("maxConcurrency") }),
    );
  });

  test("refuses an option that it does not know, and names the nearest", () => {
    const build = (): AsyncRuntime => new AsyncRuntime({ maxConcurency: 2 } as object);
    expect(build).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining("maxConcurrency") }),
    );
  });
});

describe("S2: no barrier between levels", () => {
  test("a node starts when its own inputs are there, though a sibling of its source still runs", async () => {
    const second = Promise.withResolvers<void>();
    const flow = new Workflow("levels");
    flow.addNode(
      "slow",
      work(() => second.promise),
      {},
    );
    const fast = flow.addNode(
      "fast",
      work(() => undefined),
      {},
    );
    flow.addNode(
      "next",
      work(() => second.resolve()),
      { after: fast.out.id },
    );
    const overlap = new Overlap();
    await new AsyncRuntime({ observers: [overlap] }).execute(flow);
    expect(overlap.ids("node.started")).toEqual(["slow", "fast", "next"]);
    expect(overlap.ids("node.completed")[0]).toBe("fast");
    expect(overlap.most()).toBe(2);
  });
});

describe("cycles", () => {
  test("C3: a cycle runs until it converges, not once", async () => {
    const flow = new Workflow("root");
    const step = flow.addNode("step", newton, { x: 1 });
    flow
      .createCycle("refine")
      .connect(step.out.x, step.in.x)
      .maxIterations(50)
      .convergeWhen(step.out.moved, (moved) => moved < 1e-12)
      .build();
    const result = await new AsyncRuntime().execute(flow);
    expect(result.cycles["refine"]).toMatchObject({ iterations: 6, converged: true, reason: "converged" });
    expect(result.get(step).x).toBeCloseTo(Math.SQRT2, 14);
  });

  test("C13: independent cycles run at once, iteration beside iteration", async () => {
    const flow = new Workflow("two cycles");
    const meeting = new Rendezvous(2);
    for (const name of ["left", "right"]) {
      const step = flow.addNode(name, counter(meeting), { n: 0 });
      flow.createCycle(`${name}Loop`).connect(step.out.n, step.in.n).maxIterations(5).build();
    }
    const overlap = new Overlap();
    const result = await new AsyncRuntime({ observers: [overlap] }).execute(flow);
    expect(overlap.most()).toBe(2);
    expect(overlap.most("left")).toBe(1);
    expect(result.results).toEqual({ left: { n: 5 }, right: { n: 5 } });
  });
});

describe("failure", () => {
  test("E3: the first failure aborts running siblings and starts nothing more", async () => {
    const started = new Rendezvous(3);
    const reasons: unknown[] = [];
    const flow = new Workflow("failing");
    const early = flow.addNode(
      "early",
      work(() => undefined),
      {},
    );
    const patient = untilAborted(started, reasons);
    flow.addNode("left", patient, { after: early.out.id });
    flow.addNode("right", patient, { after: early.out.id });
    flow.addNode(
      "bad",
      work(async () => started.meet().then(() => Promise.reject(new RangeError("no")))),
      { after: early.out.id },
    );
    flow.addNode(
      "waiting",
      work(() => undefined),
      { after: early.out.id },
    );
    const overlap = new Overlap();
    const run = new AsyncRuntime({ maxConcurrency: 3, observers: [overlap] }).execute(flow);
    const error = await run.then(
      () => expect.unreachable("the run has to fail"),
      (thrown: unknown) => thrown as WorkflowError,
    );
    expect(error).toMatchObject({ code: "node_failed", nodeId: "bad", cause: { name: "RangeError", message: "no" } });
    expect(error.partialResults).toMatchObject({ early: { id: "early" } });
    expect(reasons).toHaveLength(2);
    expect(overlap.ids("node.cancelled").toSorted()).toEqual(["left", "right"]);
    expect(overlap.ids("node.started")).not.toContain("waiting");
  });
});

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number(), moved: z.number() }),
  run: async ({ x }) => {
    const next = await Promise.resolve((x + 2 / x) / 2);
    return { x: next, moved: Math.abs(next - x) };
  },
});

function counter(meeting: Rendezvous): NodeDefinition<{ n: number }, { n: number }> {
  return defineNode({
    name: "counter",
    input: z.object({ n: z.number() }),
    output: z.object({ n: z.number() }),
    run: async ({ n }) => {
      await meeting.meet();
      return { n: n + 1 };
    },
  });
}

function untilAborted(started: Rendezvous, reasons: unknown[]): Work {
  return defineNode({
    name: "patient",
    input: z.object({ after: z.unknown().optional() }),
    output: z.object({ id: z.string() }),
    run: async (_input, { signal }) => {
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await started.meet();
      await aborted;
      reasons.push(signal.reason);
      throw signal.reason;
    },
  });
}
