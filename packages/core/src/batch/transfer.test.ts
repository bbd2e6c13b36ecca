import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { BatchRuntime } from "./batch-runtime.fixture.ts";

const Column = z.instanceof(Float64Array);

const make = defineNode({
  name: "make",
  input: z.object({ length: z.number() }),
  output: z.object({ column: Column, length: z.number() }),
  transfer: ["column"],
  run: ({ length }) => ({ column: new Float64Array(length).fill(1), length }),
});

const double = defineNode({
  name: "double",
  input: z.object({ column: Column }),
  output: z.object({ column: Column }),
  transfer: ["column"],
  run: ({ column }) => {
    for (let i = 0; i < column.length; i++) column[i]! *= 2;
    return { column };
  },
});

const sum = defineNode({
  name: "sum",
  input: z.object({ column: Column }),
  output: z.object({ sum: z.number() }),
  run: ({ column }) => ({ sum: column.reduce((a, b) => a + b, 0) }),
});

const runtimes = { "in this thread": () => new InlineRuntime(), "in batches": () => new BatchRuntime() };

test.each(Object.entries(runtimes))("R1: a port that was moved is not among the results (%s)", async (_, create) => {
  const flow = new Workflow("chain");
  const made = flow.addNode("made", make, { length: 10 });
  const doubled = flow.addNode("doubled", double, { column: made.out.column });
  const last = flow.addNode("last", double, { column: doubled.out.column });
  const { results } = await create().execute(flow);
  expect(results).toEqual({ made: { length: 10 }, doubled: {}, last: { column: new Float64Array(10).fill(4) } });
  expect(results).toHaveProperty("last");
  expect(last.id).toBe("last");
});

test.each(Object.entries(runtimes))("D3: only the last reader has the buffers for itself (%s)", async (_, create) => {
  const flow = new Workflow("two");
  const made = flow.addNode("made", make, { length: 10 });
  const before = flow.addNode("before", sum, { column: made.out.column });
  const doubled = flow.addNode("doubled", double, { column: made.out.column });
  const after = flow.addNode("after", sum, { column: doubled.out.column });
  const result = await create().execute(flow);
  expect([result.get(before).sum, result.get(after).sum]).toEqual([10, 20]);
  expect(Object.keys(result.results["made"] as object)).toEqual(["length"]);
});

test.each(Object.entries(runtimes))("what is read otherwise as well stays (%s)", async (_, create) => {
  const flow = new Workflow("kept", { output: z.object({ column: Column }) });
  const made = flow.addNode("made", make, { length: 3 });
  const total = flow.addNode("total", sum, { column: made.out.column });
  flow.setOutput({ column: made.out.column });
  const result = await create().execute(flow);
  expect(result.get(total).sum).toBe(3);
  expect(result.get(made).column).toEqual(new Float64Array(3).fill(1));
});

test("a node that transfers what it does not give is refused", () => {
  const ports = z.object({ x: z.number() });
  const define = (): unknown =>
    defineNode({ name: "wrong", input: ports, output: ports, transfer: ["column"], run: ({ x }) => ({ x }) });
  expect(define).toThrow(expect.objectContaining({ code: "invalid_definition" }) as Error);
});
