import { defineNode, type NodeHandle, Workflow } from "@polyloom/core";
import { z } from "zod";

/** What a node of the benchmarks takes and gives. */
export interface Counter {
  value: number;
}

/** Schema of what {@link increment} takes. */
export const INPUT = z.object({ value: z.number() });

/** Schema of what {@link increment} gives. */
export const OUTPUT = z.object({ value: z.number() });

/** The work itself: as little as possible, so that what is measured is the engine. */
export function increment({ value }: Counter): Counter {
  return { value: value + 1 };
}

/** The node around {@link increment}. */
export const incrementNode = defineNode({
  name: "increment",
  input: INPUT,
  output: OUTPUT,
  run: increment,
});

/** A workflow of nodes in a row, each of which adds one to the value of the one before. */
export function chainOf(nodes: number): { flow: Workflow; last: NodeHandle<Counter, Counter> } {
  const flow = new Workflow("chain");
  let last = flow.addNode("node0", incrementNode, { value: 0 });
  for (let i = 1; i < nodes; i++) last = flow.addNode(`node${i}`, incrementNode, { value: last.out.value });
  return { flow, last };
}

/**
 * Checks that a subject did its work.
 * @throws Error when it gave another value
 */
export function expectValue(found: number, expected: number): void {
  if (found !== expected) throw new Error(`the answer is ${found}, not ${expected}`);
}
