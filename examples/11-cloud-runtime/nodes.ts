import { defineNode } from "@polyloom/core";
import { z } from "zod";

/** One step of Newton's method for a square root; keeps count in its state, reports and logs. */
export const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), of: z.number() }),
  output: z.object({ x: z.number(), moved: z.number(), steps: z.int(), pid: z.int() }),
  run: ({ x, of }, context) => {
    const steps = Number(context.state["steps"] ?? 0) + 1;
    context.state["steps"] = steps;
    context.progress(steps);
    context.logger.info({ x }, "a step");
    const next = (x + of / x) / 2;
    return { x: next, moved: Math.abs(next - x), steps, pid: process.pid };
  },
});

/** Refuses numbers that have no root. */
export const requirePositive = defineNode({
  name: "requirePositive",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => {
    if (value < 0) throw new RangeError(`${value} has no square root`);
    return { value };
  },
});
