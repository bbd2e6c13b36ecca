import { z } from "zod";
import { defineFunction } from "../define/defined-function.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { NodeLibrary } from "./library.ts";
import type { ReadWorkflow } from "./read.ts";

/** Adds up a list of numbers. */
export const sum = defineNode({
  name: "sum",
  input: z.object({ values: z.array(z.number()), factor: z.number().default(1) }),
  output: z.object({ total: z.number(), even: z.number().optional(), parts: z.array(z.object({ n: z.number() })) }),
  run: ({ values, factor }) => {
    const total = factor * values.reduce((a, b) => a + b, 0);
    return { total, ...(total % 2 === 0 ? { even: total } : {}), parts: values.map((n) => ({ n })) };
  },
});

/** Gives back anything. */
export const keep = defineNode({
  name: "keep",
  input: z.object({ value: z.any() }),
  output: z.object({ value: z.any() }),
  run: ({ value }) => ({ value: value as unknown }),
});

/** Whether a number is above 100. */
export const isLarge = defineFunction("isLarge", (value: number) => value > 100);

/** All that documents of these tests name. */
export const LIBRARY: NodeLibrary = { sum, keep, isLarge, version: 3 };

/** A workflow as it comes back from JSON text. */
export function reread(flow: Workflow<never, never>, library: NodeLibrary = LIBRARY): ReadWorkflow {
  return Workflow.fromJSON(JSON.parse(JSON.stringify(flow)), library);
}
