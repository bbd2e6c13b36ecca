import { expect, test } from "vitest";
import { z } from "zod";
import type { NodeHandle } from "../define/handle.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { prepare } from "../plan/plan-for.ts";
import { isWide } from "./width.ts";

type Two = { a: number; b: number };
const node = defineNode({
  name: "node",
  input: z.object({ a: z.number(), b: z.number() }),
  output: z.object({ a: z.number(), b: z.number() }),
  run: (input) => input,
});

/** A body of nodes n0, n1…, each with the nodes that it reads; the last feeds the first. */
function isBodyWide(reads: readonly (readonly number[])[]): boolean {
  const flow = new Workflow("w");
  const nodes: NodeHandle<Two, Two>[] = [];
  reads.forEach(([a, b = a], i) =>
    nodes.push(
      flow.addNode(`n${i}`, node, a === undefined ? { a: 1, b: 1 } : { a: nodes[a]!.out.a, b: nodes[b!]!.out.b }),
    ),
  );
  const cycle = flow.createCycle("loop").connect(nodes.at(-1)!.out.a, nodes[0]!.in.a).maxIterations(2);
  cycle.include(...nodes).build();
  const plan = prepare(flow).plan("stop");
  return isWide(plan, plan.cycles[0]!);
}

test.each([
  ["one node", [[]], false],
  ["a row", [[], [0], [1], [2]], false],
  ["a row with a short cut", [[], [0], [0, 1], [1, 2]], false],
  ["a fork that joins", [[], [0], [0], [1, 2]], true],
  ["two that begin", [[], [], [0, 1]], true],
  ["a fork at the end of a row", [[], [0], [1], [1], [2, 3]], true],
])("%s", (_, reads, wide) => expect(isBodyWide(reads)).toBe(wide));
