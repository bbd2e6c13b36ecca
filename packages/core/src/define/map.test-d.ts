import { z } from "zod";
import { defineNode } from "./node.ts";
import type { OutRef } from "./reference.ts";
import { holds, type Same } from "./wire.test-d.ts";
import { Workflow } from "./workflow.ts";

const rows = defineNode({
  name: "rows",
  input: z.object({}),
  output: z.object({
    rows: z.array(z.object({ key: z.string(), n: z.number() })),
    numbers: z.array(z.number()),
    factor: z.number(),
    floats: z.instanceof(Float64Array),
  }),
  run: () => null as never,
});
const scale = defineNode({
  name: "scale",
  input: z.object({
    row: z.object({ key: z.string(), n: z.number() }),
    factor: z.number().default(1),
    label: z.string().optional(),
  }),
  output: z.object({ value: z.number(), note: z.string().optional() }),
  run: () => ({ value: 1 }),
});
const flow = new Workflow("maps");
const source = flow.addNode("source", rows);

// Right: each from a reference, a literal, references in a literal; with shared or left out.
const map = flow.addMap("m1", scale, {
  each: { row: source.out.rows },
  with: { factor: source.out.factor },
  chunkSize: 2,
  concurrency: 3,
  chunkBy: "row.key",
});
flow.addMap("m2", scale, {
  each: { row: [{ key: "a", n: 1 }, source.out.rows.at(0), { key: "b", n: source.out.factor }] },
});
flow.addMap("m3", scale, { each: { row: source.out.rows, factor: source.out.numbers } });
flow.addMap("m4", scale, { each: { row: source.out.rows, label: ["a", "b"] }, with: { factor: 2 } });
holds<Same<typeof map.out.value, OutRef<number[]>>>();
flow.addNode(
  "sum",
  defineNode({ name: "sum", input: z.object({ values: z.array(z.number()) }), output: z.object({}), run: () => ({}) }),
  { values: map.out.value },
);

// @ts-expect-error a list of numbers is no list of rows
flow.addMap("w1", scale, { each: { row: source.out.numbers } });
// @ts-expect-error one row is no list
flow.addMap("w2", scale, { each: { row: source.out.rows.at(0) } });
// @ts-expect-error a literal list of the wrong items
flow.addMap("w3", scale, { each: { row: [{ key: 1, n: 1 }] } });
// @ts-expect-error a misspelt port in each
flow.addMap("w4", scale, { each: { rwo: source.out.rows } });
// @ts-expect-error a misspelt port in with
flow.addMap("w5", scale, { each: { row: source.out.rows }, with: { facotr: 2 } });
// @ts-expect-error the wrong type in with
flow.addMap("w6", scale, { each: { row: source.out.rows }, with: { factor: "2" } });
// @ts-expect-error a list where one value is shared
flow.addMap("w7", scale, { each: { row: source.out.rows }, with: { factor: source.out.numbers } });
// @ts-expect-error row, a required input, is neither in each nor in with
flow.addMap("w8", scale, { each: { factor: source.out.numbers } });
// @ts-expect-error a port in each and in with
flow.addMap("w9", scale, { each: { row: source.out.rows, factor: source.out.numbers }, with: { factor: 2 } });
// @ts-expect-error a misspelt setting
flow.addMap("w10", scale, { each: { row: source.out.rows }, chunksize: 2 });
// @ts-expect-error a list of values is no value
flow.addMap("w11", scale, { each: { row: source.out.rows }, with: { factor: map.out.value } });
