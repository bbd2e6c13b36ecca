import { defineNode, firstOf, ifElse, Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { TestingRuntime } from "./index.ts";
import "./vitest.ts";

const number = z.number();
const newton = defineNode({
  name: "newton",
  input: z.object({ x: number }),
  output: z.object({ x: number, delta: number }),
  run: ({ x }) => {
    const next = (x + 2 / x) / 2;
    return { x: next, delta: Math.abs(next - x) };
  },
});
const halve = defineNode({
  name: "halve",
  input: z.object({ value: number }),
  output: z.object({ half: number }),
  run: ({ value }) => ({ half: value / 2 }),
});

function rooting() {
  const flow = new Workflow("rooting");
  const start = flow.addNode("start", halve, { value: 4 });
  const step = flow.addNode("step", newton, { x: start.out.half });
  flow
    .createCycle("refine")
    .connect(step.out.x, step.in.x)
    .maxIterations(50)
    .convergeWhen(step.out.delta, (delta) => delta < 1e-9)
    .build();
  return { flow, start, step };
}

function branching() {
  const flow = new Workflow("branching");
  const branch = flow.addNode(
    "branch",
    ifElse(number, (value) => value > 0),
    { value: 4 },
  );
  const yes = flow.addNode("yes", halve, { value: branch.out.then });
  const no = flow.addNode("no", halve, { value: branch.out.else });
  flow.addNode("joined", halve, { value: firstOf(yes.out.half, no.out.half) });
  return { flow, yes, no };
}

test("toHaveExecutedInOrder takes handles and ids, with others between them", async () => {
  const { flow, start, step } = rooting();
  const runtime = new TestingRuntime();
  await runtime.execute(flow);
  expect(runtime).toHaveExecutedInOrder([start, "step", "step"]);
  expect(runtime).not.toHaveExecutedInOrder([step, start]);
  expect(() => expect(runtime).toHaveExecutedInOrder([step, start])).toThrow(/"start" did not in start → step/);
  expect(() => expect({}).toHaveExecutedInOrder([])).toThrow(/takes a TestingRuntime/);
});

test("toHaveExecuted counts starts, not attempts", async () => {
  const { flow, start, step } = rooting();
  const runtime = new TestingRuntime({ retry: { attempts: 2 } }).setNodeError(start, new Error("once"), { times: 1 });
  const result = await runtime.execute(flow);
  expect(runtime.getNodeCallCount(start)).toBe(2);
  expect(runtime).toHaveExecuted(start, 1);
  expect(runtime).toHaveExecuted(step, result.cycles["refine"]!.iterations);
  expect(runtime).not.toHaveExecuted("nobody");
  expect(() => expect(runtime).toHaveExecuted(start, 2)).toThrow(/it started 1 times/);
});

test("toHaveConverged looks at one cycle or all, and is false without any", async () => {
  const { flow, step } = rooting();
  expect(await new TestingRuntime().execute(flow)).toHaveConverged();
  const exhausted = await new TestingRuntime().setNodeResponse(step, { x: 1, delta: 1 }).execute(flow);
  expect(exhausted).not.toHaveConverged("refine");
  expect(() => expect(exhausted).toHaveConverged()).toThrow(/refine: max_iterations, 50 iterations/);
  expect(exhausted).not.toHaveConverged("nothing");
  expect(await new TestingRuntime().execute(branching().flow)).not.toHaveConverged();
});

test("toHaveSkipped looks at the branch not taken", async () => {
  const { flow, yes, no } = branching();
  const result = await new TestingRuntime().execute(flow);
  expect(result).toHaveSkipped(no);
  expect(result).not.toHaveSkipped(yes);
  expect(() => expect(result).toHaveSkipped("yes")).toThrow(/it is completed/);
});

test("toHaveFailedAt looks at a rejection and at a result with failures", async () => {
  const { flow, start } = rooting();
  const runtime = new TestingRuntime().setNodeError(start, new Error("simulated"));
  await expect(runtime.execute(flow)).rejects.toHaveFailedAt(start, "node_failed");
  await expect(runtime.execute(flow)).rejects.not.toHaveFailedAt("step");
  const result = await runtime.execute(flow, { onFailure: "continue" });
  expect(result).toHaveFailedAt("start");
  expect(result).not.toHaveFailedAt("start", "node_timeout");
  expect(() => expect(result).toHaveFailedAt("step")).toThrow(/failures are start: node_failed/);
});
