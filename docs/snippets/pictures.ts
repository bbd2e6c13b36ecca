import { defineNode, runSummary, toDot, toMermaid, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const halve = defineNode({
  name: "halve",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: x / 2 }),
});
const flow = new Workflow("halves");
const node = flow.addNode("node", halve, { x: 8 });
flow.createCycle("down").connect(node.out.x, node.in.x).maxIterations(2).build();

// #region pictures
console.log(toMermaid(flow)); // the graph alone
const result = await new LocalRuntime().execute(flow);
const picture = toMermaid(flow, result); // with status and times
const summary = runSummary(result); // a table for the terminal
// #endregion pictures
console.log(picture.includes("completed"), summary.includes("cycle down: 2 iterations"), toDot(flow).split(" ")[0]);
