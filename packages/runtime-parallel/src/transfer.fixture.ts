import { defineNode } from "@polyloom/core";
import { z } from "zod";

const column = z.instanceof(Float64Array);

/** Makes a column, and lets it go: its buffer may be moved. */
export const makeColumn = defineNode({
  name: "makeColumn",
  transfer: ["column"],
  input: z.object({ length: z.int() }),
  output: z.object({ column }),
  run: ({ length }) => ({ column: Float64Array.from({ length }, (_, at) => at) }),
});

const held: Float64Array[] = [];

/** Adds one to each, in place, and lets it go; tells how many columns that it gave away it still has whole. */
export const addToColumn = defineNode({
  name: "addToColumn",
  transfer: ["column"],
  input: z.object({ column }),
  output: z.object({ column, whole: z.int() }),
  run: ({ column: each }) => {
    const whole = held.filter(({ length }) => length > 0).length;
    held.push(each);
    for (let at = 0; at < each.length; at++) each[at]! += 1;
    return { column: each, whole };
  },
});

/** Adds up a column. */
export const total = defineNode({
  name: "total",
  input: z.object({ column }),
  output: z.object({ total: z.number() }),
  run: ({ column: each }) => ({ total: each.reduce((sum, value) => sum + value, 0) }),
});
