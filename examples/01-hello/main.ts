import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number(), of: z.number() }),
  output: z.object({ x: z.number(), moved: z.number() }),
  run: ({ x, of }) => ({ x: (x + of / x) / 2, moved: Math.abs(of / x - x) / 2 }),
});
const round = defineNode({
  name: "round",
  input: z.object({ x: z.number(), digits: z.int() }),
  output: z.object({ text: z.string() }),
  run: ({ x, digits }) => ({ text: x.toFixed(digits) }),
});

const flow = new Workflow("square root");
const step = flow.addNode("step", newton, { x: 1, of: 2 });
const root = flow.addNode("root", round, { x: step.out.x, digits: 12 });
flow.createCycle("refine").connect(step.out.x, step.in.x).convergeWhen("step.moved < 1e-12").maxIterations(50).build();

const result = await new LocalRuntime().execute(flow);
console.log(result.get(root).text, "after", result.cycleMetrics.totalIterations, "iterations");
