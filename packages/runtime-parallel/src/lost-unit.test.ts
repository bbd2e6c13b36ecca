import { type ExecuteOptions, type RunResult, Workflow } from "@polyloom/core";
import { expect, test } from "vitest";
import { exitAt, isLarge } from "./exit-at.fixture.ts";
import { addOne } from "./fault.fixture.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";

/** Runs a workflow to its end, whatever fails. */
async function finish(flow: Workflow, options: ExecuteOptions = {}): Promise<RunResult> {
  await using runtime = new ParallelRuntime({ maxWorkers: 2, env: QUICK_START });
  return runtime.execute(flow, { onFailure: "continue", ...options });
}

function failuresOf({ errors }: RunResult): unknown[] {
  return errors.map(({ code, nodeId, details }) => [code, nodeId, details["exitCode"]]);
}

test("a worker dies among independent nodes: all others complete", async () => {
  const flow = new Workflow("many");
  for (let at = 0; at < 200; at++) flow.addNode(`n${at}`, exitAt, { value: at, at: 100 });
  const result = await finish(flow);
  expect(failuresOf(result)).toEqual([["place_lost", "n100", 9]]);
  expect(Object.keys(result.results)).toHaveLength(199);
});

test("a worker dies in a chain: what came before is kept, what follows is skipped", async () => {
  const flow = new Workflow("chain");
  let value = flow.addNode("n0", addOne, { value: 0 }).out.value;
  for (let at = 1; at < 10; at++) value = flow.addNode(`n${at}`, exitAt, { value, at: 5 }).out.value;
  const result = await finish(flow);
  expect(failuresOf(result)).toEqual([["place_lost", "n5", 9]]);
  expect(result.results).toMatchObject({ n0: { value: 1 }, n4: { value: 5 } });
  expect([result.nodes["n5"]?.status, result.nodes["n6"]?.status]).toEqual(["failed", "skipped"]);
});

test("a worker dies in a chunk of a map: the map fails, and what stands beside it completes", async () => {
  const flow = new Workflow("map");
  const value = Array.from({ length: 40 }, (_, at) => at);
  flow.addMap("map", exitAt, { each: { value }, with: { at: 17 }, chunkSize: 5 });
  flow.addNode("beside", addOne, { value: 1 });
  const result = await finish(flow);
  expect(failuresOf(result)).toEqual([["place_lost", "map", 9]]);
  expect(result.results).toEqual({ beside: { value: 2 } });
});

test("a worker dies in a cycle: the cycle fails, and what stands beside it completes", async () => {
  const flow = new Workflow("cycle");
  const step = flow.addNode("step", exitAt, { value: 0, at: 7 });
  flow.createCycle("loop").connect(step.out.value, step.in.value).convergeWhen(step.out.value, isLarge).build();
  const after = flow.addNode("after", addOne, { value: step.out.value });
  flow.addNode("beside", addOne, { value: 1 });
  const result = await finish(flow);
  expect(failuresOf(result)).toEqual([["place_lost", "step", 9]]);
  expect(result.cycles["loop"]?.reason).toBe("failed");
  expect(result.nodes[after.id]?.status).toBe("skipped");
  expect(result.results["beside"]).toEqual({ value: 2 });
});

test("a cycle with a portable predicate converges in a worker as it does here", async () => {
  const flow = new Workflow("whole");
  const step = flow.addNode("step", exitAt, { value: 0, at: -1 });
  flow.createCycle("loop").connect(step.out.value, step.in.value).convergeWhen(step.out.value, isLarge).build();
  const result = await finish(flow);
  expect(result.get(step).value).toBe(100);
  expect(result.cycles["loop"]).toMatchObject({ iterations: 100, converged: true });
});
