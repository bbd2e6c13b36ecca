import { writeFileSync } from "node:fs";
import { defineNode, type NodeDefinition } from "@polyloom/core";
import { z } from "zod";

/** Waits for its signal, and notes in a file that it heard it. */
export const waitForAbort = defineNode({
  name: "waitForAbort",
  input: z.object({ path: z.string() }),
  output: z.object({}),
  run: ({ path }, { signal, progress }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        writeFileSync(path, "aborted");
        reject(signal.reason as Error);
      });
      progress(0);
    }),
});

/** Gives a value that cannot leave its process. */
export const giveFunction = defineNode({
  name: "giveFunction",
  input: z.object({}),
  output: z.object({ rows: z.array(z.unknown()) }),
  run: () => ({ rows: [1, { call: () => 2 }] }),
});

/** Defines a node that loading this module does not define. */
export function defineLate(): NodeDefinition<Record<string, never>, Record<string, never>> {
  const empty = z.object({});
  return defineNode({ name: "late", module: import.meta.url, input: empty, output: empty, run: () => ({}) });
}

/** Goes on reporting after its end. */
export const reportLate = defineNode({
  name: "reportLate",
  input: z.object({}),
  output: z.object({ pid: z.int() }),
  run: (_input, { progress }) => {
    for (const milliseconds of [0, 1, 5]) setTimeout(() => progress(milliseconds), milliseconds);
    return { pid: process.pid };
  },
});
