import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const add = defineNode({
  name: "add",
  input: z.object({ value: z.number(), by: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value, by }) => ({ value: value + by }),
});

// #region nested
const flow = new Workflow("nested");
const inner = flow.addNode("inner", add, { value: 0, by: 1 });
const outer = flow.addNode("outer", add, { value: inner.out.value, by: 100 });
flow.createCycle("repeat").connect(inner.out.value, inner.in.value).maxIterations(3).build();
flow.createCycle("again").connect(outer.out.value, inner.in.value).maxIterations(2).build();

const { results, cycles } = await new LocalRuntime().execute(flow);
console.log(results["outer"].value); // 2 × (3 × 1 + 100)
console.log(cycles["repeat"]?.runs, cycles["repeat"]?.totalIterations, cycles["again"]?.iterations);
// #endregion nested
