import { defineFunction, defineNode } from "@polyloom/core";
import { z } from "zod";

/** Adds one, but ends its worker when it gets a certain value. */
export const exitAt = defineNode({
  name: "exitAt",
  input: z.object({ value: z.number(), at: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value, at }) => {
    if (value === at) process.exit(9);
    return { value: value + 1 };
  },
});

/** Whether a value is large; portable, so that a cycle with it goes to a worker as a whole. */
export const isLarge = defineFunction("isLarge", (value: number) => value >= 100);
