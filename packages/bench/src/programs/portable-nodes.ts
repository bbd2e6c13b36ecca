import { defineNode } from "@polyloom/core";
import { z } from "zod";
import { increment, sumRows, sumColumn, spin, touch } from "./raw-work.ts";

const Value = z.object({ value: z.number() });
const Column = z.instanceof(Float64Array);

/** Adds one. */
export const plusOne = defineNode({ name: "plusOne", input: Value, output: Value, run: increment });

/** Keeps a core busy for some milliseconds. */
export const busy = defineNode({ name: "busy", input: z.object({ ms: z.number() }), output: Value, run: spin });

/** Sums up a column. */
export const columnSum = defineNode({
  name: "columnSum",
  input: z.object({ column: Column }),
  output: z.object({ sum: z.number() }),
  run: sumColumn,
});

/** Sums up a row. */
export const rowSum = defineNode({
  name: "rowSum",
  input: z.object({ row: z.object({ id: z.number(), price: z.number(), count: z.number() }) }),
  output: z.object({ row: z.object({ id: z.number(), total: z.number() }) }),
  run: ({ row }) => ({ row: sumRows([row])[0]! }),
});

/** Changes a column and passes it on. */
export const touched = defineNode({
  name: "touched",
  input: z.object({ column: Column }),
  output: z.object({ column: Column }),
  transfer: ["column"],
  run: touch,
});

/** One iteration that keeps a core busy for about a tenth of a millisecond. */
export const iterate = defineNode({
  name: "iterate",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: value + Math.sign(work(20_000)) }),
});

function work(rounds: number): number {
  let sum = 1;
  for (let i = 1; i < rounds; i++) sum += Math.sqrt(i);
  return sum;
}
