import { z } from "zod";
import { ifElse } from "../define/branch.ts";
import { defineFunction } from "../define/defined-function.ts";
import { defineNode } from "../define/node.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";

const rows = z.array(z.number());

const load = defineNode({
  name: "loadRows",
  input: z.object({ path: z.string() }),
  output: z.object({ rows, meta: z.object({ size: z.number() }) }),
  run: () => ({ rows: [4, 8, 12], meta: { size: 3 } }),
});

const halve = defineNode({
  name: "halve",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: value / 2 }),
});

const sum = defineNode({
  name: "sum",
  input: z.object({ rows }),
  output: z.object({ total: z.number() }),
  run: ({ rows: values }) => ({ total: values.reduce((a, b) => a + b, 0) }),
});

const settled = defineFunction("settled", (value: number) => value < 1);

function addUp(): Workflow<{ rows: number[] }, { total: number }> {
  const flow = new Workflow("add up", { input: z.object({ rows }), output: z.object({ total: z.number() }) });
  const all = flow.addNode("sum", sum, { rows: flow.input.rows });
  return flow.setOutput({ total: all.out.total });
}

/** A workflow with everything that a picture shows: inputs, a map, a workflow inside, a branch, a cycle and outputs. */
export function everything(): Workflow<{ path: string }, { value: number }> {
  const flow = new Workflow("everything", {
    input: z.object({ path: z.string() }),
    output: z.object({ value: z.number() }),
  });
  const source = flow.addNode("load", load, { path: flow.input.path });
  const halves = flow.addMap("halves", halve, { each: { value: source.out.rows } });
  const total = flow.addNode("total", addUp(), { rows: halves.out.value });
  const large = flow.addNode(
    "large",
    ifElse(z.number(), (value) => value > 5),
    { value: total.out.total },
  );
  const less = flow.addNode("less", halve, { value: large.out.then });
  const either = flow.addNode("either", halve, { value: firstOf(less.out.value, large.out.else) });
  const step = flow.addNode("step", halve, { value: either.out.value });
  flow
    .createCycle("shrink")
    .connect(step.out.value, step.in.value)
    .maxIterations(20)
    .timeout(5000)
    .convergeWhen(step.out.value, settled)
    .build();
  return flow.setOutput({ value: step.out.value });
}

/** Texts that try to leave the quotes of Mermaid, DOT or HTML. */
export const HOSTILE: readonly string[] = [
  'a"]; click n0 "javascript:alert(1)"',
  'b\\" } digraph evil { x -> y',
  "c\\",
  "d\nsubgraph evil\nend",
  "<img src=x onerror=alert(1)>",
  "&quot;&#34;#quot;#34;",
  "%%{init: {'theme':'dark'}}%%",
  "end",
  "`**bold**` - item 1",
  "style x:y#z;",
  "\u0000\u001b]8;;http://evil\u0007",
  "héllo 世界 🎉 \u202e",
  "- list",
];
