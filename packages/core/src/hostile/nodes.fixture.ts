import { z } from "zod";
import type { NodeDefinition } from "../define/node.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { ExecuteOptions, RuntimeOptions } from "../execute/options.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { RunResult } from "../report/run-result.ts";

/** Gives 1. */
export const one = defineNode({
  name: "one",
  input: z.object({}),
  output: z.object({ value: z.number() }),
  run: () => ({ value: 1 }),
});

/** Adds 1 to a number. */
export const increment = defineNode({
  name: "increment",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number(), delta: z.number() }),
  run: ({ value }) => ({ value: value + 1, delta: 1 / (value + 1) }),
});

/** Gives back anything. */
export const echo = defineNode({
  name: "echo",
  input: z.object({ value: z.any() }),
  output: z.object({ value: z.any() }),
  run: ({ value }) => ({ value: value as unknown }),
});

/** Makes a node without inputs that does whatever the function does. */
export function doing(run: () => unknown): NodeDefinition<Record<never, never>, { value: unknown }> {
  const spec = { name: "doing", input: z.object({}), output: z.object({ value: z.unknown() }), run };
  return defineNode(spec as never) as never;
}

/** Runs a workflow here. */
export function execute<O>(
  flow: Workflow<{}, O>,
  options?: ExecuteOptions,
  runtime?: RuntimeOptions,
): Promise<RunResult<O>> {
  return new InlineRuntime(runtime).execute(flow, options);
}

/** Runs one node alone. */
export function executeNode(node: NodeDefinition<{}, unknown>, runtime?: RuntimeOptions): Promise<RunResult<{}>> {
  const flow = new Workflow("alone");
  flow.addNode("node", node);
  return execute(flow, {}, runtime);
}
