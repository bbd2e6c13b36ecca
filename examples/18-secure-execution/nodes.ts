import { defineNode } from "@polyloom/core";
import { z } from "zod";

// #region node
/** Runs a text as the body of a function of `input`: whatever the text says, happens. */
export const runCode = defineNode({
  name: "runCode",
  input: z.object({ code: z.string(), input: z.unknown().optional() }),
  output: z.object({ result: z.unknown() }),
  run: async ({ code, input }) => {
    const body = new AsyncFunction("input", code);
    return { result: (await body(input)) ?? null };
  },
});
// #endregion node

const AsyncFunction = (async () => undefined).constructor as new (
  ...parts: readonly string[]
) => (input: unknown) => Promise<unknown>;
