import { describe, expect, test, vi } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { happened, needing, runtimeOf, statuses, watch, work } from "./work.fixture.ts";

const counter = needing(({ in: value }) => (value as number) + 1);

describe("continueWhile (C6)", () => {
  test("a reference from outside is read before each iteration, the first included", async () => {
    const asked = vi.fn<(value: number, info: { iteration: number }) => boolean>((_, { iteration }) => iteration <= 2);
    const flow = new Workflow("w");
    const limit = flow.addNode(
      "limit",
      work(() => 7),
    );
    const step = flow.addNode("step", counter, { in: 0 });
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .maxIterations(9)
      .continueWhile(limit.out.out as never, asked as never)
      .build();
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(asked.mock.calls.map(([value, { iteration }]) => [value, iteration])).toEqual([
      [7, 1],
      [7, 2],
      [7, 3],
    ]);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 2, reason: "condition" });
    expect(result!.results["step"].out).toBe(2);
  });

  test("false before the first iteration: none, and the body is skipped", async () => {
    const flow = new Workflow("w");
    const limit = flow.addNode(
      "limit",
      work(() => 0),
    );
    const step = flow.addNode("step", counter, { in: 0 });
    flow.addNode(
      "after",
      needing(() => 1),
      { in: step.out.out },
    );
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .maxIterations(9)
      .continueWhile(limit.out.out, (value) => (value as number) > 0)
      .build();
    const ended = await watch(runtimeOf().runtime, flow);
    expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "condition", runs: 1 });
    expect(statuses(ended)).toEqual({ limit: "completed", step: "skipped", after: "skipped" });
    expect(happened(ended.events).filter((text) => text.startsWith("step"))).toEqual(["step skipped"]);
  });

  test("a reference from the body is read from the second iteration on, of the one before", async () => {
    const asked = vi.fn<(value: unknown) => boolean>((value) => (value as number) < 3);
    const flow = new Workflow("w");
    const step = flow.addNode("step", counter, { in: 0 });
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .maxIterations(9)
      .continueWhile(step.out.out, asked)
      .build();
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(asked.mock.calls.map(([value]) => value)).toEqual([1, 2, 3]);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 3, reason: "condition" });
  });

  test("a dead value says no", async () => {
    const flow = new Workflow("w");
    const nothing = flow.addNode(
      "nothing",
      work(() => undefined),
    );
    const step = flow.addNode("step", counter, { in: 0 });
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .maxIterations(9)
      .continueWhile(nothing.out.out, () => true)
      .build();
    const { result } = await watch(runtimeOf().runtime, flow);
    expect(result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "condition" });
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["gives no boolean", () => 1],
  ])("C4: one that %s is an error, before the first iteration as well", async (_, ask) => {
    const { runtime, clock } = runtimeOf();
    const flow = new Workflow("w");
    const limit = flow.addNode(
      "limit",
      work(() => 0),
    );
    const step = flow.addNode("step", counter, { in: 0 });
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .timeout(1000)
      .continueWhile(limit.out.out, ask as never)
      .build();
    const { error } = await watch(runtime, flow);
    expect(error).toMatchObject({ code: "expression_failed", cycles: { loop: { iterations: 0, reason: "failed" } } });
    expect(clock.pending).toBe(0);
  });

  test("E1: one that throws before the second iteration names the second, as its message does", async () => {
    const flow = new Workflow("w");
    const step = flow.addNode("step", counter, { in: 0 });
    const ask = (): never => {
      throw new Error("boom");
    };
    flow
      .createCycle("loop")
      .connect(step.out.out, step.in.in)
      .maxIterations(9)
      .continueWhile(step.out.out, ask)
      .build();
    const { error } = await watch(runtimeOf().runtime, flow);
    expect(error).toMatchObject({ iteration: 2, details: { iteration: 2 }, cycles: { loop: { iterations: 1 } } });
    expect(error!.message).toContain("iteration 2");
  });

  test("an iteration in which no node completes ends the cycle, uncounted", async () => {
    const idle = new Workflow("w");
    const dead = idle.addNode(
      "dead",
      work(() => undefined),
    );
    const body = idle.addNode(
      "body",
      needing(() => 1),
      { in: dead.out.out },
    );
    idle.createCycle("loop").connect(body.out.out, body.in.after).maxIterations(9).build();
    const ended = await watch(runtimeOf().runtime, idle);
    expect(ended.result!.cycles["loop"]).toMatchObject({ iterations: 0, reason: "condition" });
    expect(statuses(ended)["body"]).toBe("skipped");
  });
});
