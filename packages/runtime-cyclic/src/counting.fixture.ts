import { defineNode, type NodeDefinition, type NodeHandle, Workflow } from "@polyloom/core";
import { z } from "zod";

const ports = { input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) };

/** A node of the fixtures: a number in, a number out. */
export type Counter = NodeDefinition<{ n: number }, { n: number }>;

/** Adds one. */
export const increment: Counter = defineNode({ name: "increment", ...ports, run: ({ n }) => ({ n: n + 1 }) });

/** Adds one, and keeps a list that grows by a number each iteration in its state. */
export const hoard: Counter = defineNode({
  name: "hoard",
  ...ports,
  run: ({ n }, { state }) => {
    const rows = (state["rows"] ??= []) as number[];
    rows.push(n);
    return { n: n + 1 };
  },
});

/** A cycle named `loop` around one node named `step`, which counts up from 0. */
export function counting(
  iterations: number,
  node: Counter = increment,
): { flow: Workflow; step: NodeHandle<{ n: number }, { n: number }> } {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", node, { n: 0 });
  flow.createCycle("loop").connect(step.out.n, step.in.n).maxIterations(iterations).build();
  return { flow, step };
}

/** What an asynchronous call threw. */
export async function thrownBy(call: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
