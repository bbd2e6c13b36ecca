import { defineNode } from "@polyloom/core";
import { threadId } from "node:worker_threads";
import { z } from "zod";

const input = z.object({ value: z.number() });
const output = z.object({ value: z.number(), thread: z.number() });

/** Not exported: nothing needs to be. */
const double = defineNode({
  name: "double",
  input,
  output,
  run: ({ value }) => ({ value: 2 * value, thread: threadId }),
});

function makeAdder(name: string, by: number): typeof double {
  return defineNode({ name, input, output, run: ({ value }) => ({ value: value + by, thread: threadId }) });
}

/** Every node of this module: by itself, from a factory, and from a loop. */
export const nodes: readonly (typeof double)[] = [
  double,
  makeAdder("addTen", 10),
  ...[1, 2].map((by) => makeAdder(`add${by}`, by)),
];
