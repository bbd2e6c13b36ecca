// #region nodes
import { defineFunction, defineNode } from "@polyloom/core";
import { z } from "zod";

export const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), of: z.number() }),
  output: z.object({ x: z.number(), moved: z.number() }),
  run: ({ x, of }) => ({ x: (x + of / x) / 2, moved: Math.abs(of / x - x) / 2 }),
});

export const isTiny = defineFunction("isTiny", (moved: number) => moved < 1e-12);
// #endregion nodes
