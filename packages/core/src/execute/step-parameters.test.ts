import { expect, test } from "vitest";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { echo, increment } from "../hostile/nodes.fixture.ts";
import { prepare } from "../plan/plan-for.ts";
import type { Plan } from "../plan/plan.ts";
import { runtimeOf, watch, work } from "./work.fixture.ts";
import { stepParameters } from "./step-parameters.ts";

/** A workflow with an input and an output. */
function doubled(): Workflow<{ x: number; more?: number }, { y: number }> {
  const flow = new Workflow("inner", {
    input: z.object({ x: z.number(), more: z.number().optional() }),
    output: z.object({ y: z.number() }),
  });
  const node = flow.addNode("node", increment, { value: flow.input.x });
  flow.addNode("beside", echo, { value: flow.input.more as never });
  return flow.setOutput({ y: node.out.value });
}

/** Two of them, one in the other's place, beside a node. */
function outer(): Workflow<{ seed: number }, {}> {
  const flow = new Workflow("outer", { input: z.object({ seed: z.number() }) });
  flow.addNode("plain", echo, { value: flow.input.seed });
  flow.addNode("sub", doubled(), { x: flow.input.seed });
  flow.addNode("twin", doubled(), { x: 5 });
  return flow as Workflow<{ seed: number }, {}>;
}

const planOf = (flow: Workflow<never, never>): Plan => prepare(flow).plan("stop");

test("S7: parameters go to the step of the node they name", () => {
  const plan = planOf(outer() as never);
  const given = stepParameters(plan, { plain: { value: 1 }, "sub/node": { value: 2 } }, undefined)!;
  expect(new Map([...given].map(([step, values]) => [plan.steps[step]!.id, values]))).toEqual(
    new Map([
      ["plain", { value: 1 }],
      ["sub/node", { value: 2 }],
    ]),
  );
});

test("G9, S7: those of a workflow go to the relays of the ports they name, and to no other workflow's", () => {
  const plan = planOf(outer() as never);
  const given = stepParameters(plan, { sub: { x: 7 } }, undefined)!;
  expect([...given]).toEqual([[plan.subs.get("sub")!.inputs.get("x"), { x: 7 }]]);
});

test("declared inputs go to the relays of the workflow itself", () => {
  const plan = planOf(outer() as never);
  expect([...stepParameters(plan, undefined, { seed: 3 })!]).toEqual([
    [plan.subs.get("")!.inputs.get("seed"), { seed: 3 }],
  ]);
});

test("without either there is nothing to look up", () => {
  expect(stepParameters(planOf(outer() as never), undefined, undefined)).toBeUndefined();
});

test("S7: what the caller gave is copied, not kept", () => {
  const plan = planOf(outer() as never);
  const parameters = { plain: { value: 1 } };
  const given = stepParameters(plan, parameters, undefined)!;
  parameters.plain.value = 2;
  expect([...given.values()]).toEqual([{ value: 1 }]);
});

test("S6, G9: a parameter of a workflow replaces its connection, at any depth", async () => {
  const middle = new Workflow("middle", { input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) });
  middle.setOutput({ y: middle.addNode("deep", doubled(), { x: middle.input.x }).out.y });
  const flow = new Workflow("top");
  flow.addNode("a", middle, { x: 1 });
  flow.addNode("b", middle, { x: 1 });
  const run = async (parameters: Record<string, Record<string, unknown>>): Promise<unknown[]> => {
    const { result } = await watch(runtimeOf().runtime, flow, { parameters });
    return [result!.results["a"].y, result!.results["b"].y];
  };
  expect(await run({})).toEqual([2, 2]);
  expect(await run({ a: { x: 10 } })).toEqual([11, 2]);
  expect(await run({ "a/deep": { x: 20 } })).toEqual([21, 2]);
  expect(await run({ "a/deep/node": { value: 30 }, b: { x: 40 } })).toEqual([31, 41]);
});

test("S6: inside a cycle a parameter holds in the first iteration, and for inputs without feedback in all", async () => {
  const flow = new Workflow("w");
  const seen: unknown[] = [];
  const node = flow.addNode(
    "node",
    work(({ in: value, after }) => {
      seen.push([value, after]);
      return (value as number) + 1;
    }),
    { in: 0, after: "literal" },
  );
  flow.createCycle("loop").connect(node.out.out, node.in.in).maxIterations(3).build();
  await watch(runtimeOf().runtime, flow, { parameters: { node: { in: 10, after: "given" } } });
  expect(seen).toEqual([
    [10, "given"],
    [11, "given"],
    [12, "given"],
  ]);
});
