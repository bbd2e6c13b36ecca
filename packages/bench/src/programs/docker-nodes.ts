import { defineNode } from "@polyloom/core";
import { z } from "zod";

const rows = z.object({ rows: z.string() });
const numbers = z.object({ numbers: z.instanceof(Float64Array) });

/** Gives a text back. */
export const echoText = defineNode({ name: "echoText", input: rows, output: rows, run: (input) => input });

/** Gives numbers back. */
export const echoNumbers = defineNode({
  name: "echoNumbers",
  input: numbers,
  output: numbers,
  run: (input) => input,
});

/** Waits, and does nothing. */
export const wait = defineNode({
  name: "wait",
  input: z.object({ ms: z.number() }),
  output: z.object({ ms: z.number() }),
  run: async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { ms };
  },
});
