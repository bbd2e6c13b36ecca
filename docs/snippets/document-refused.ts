import { hasCode, Workflow } from "@polyloom/core";
import * as nodes from "./documents.nodes.ts";

const flow = new Workflow("root");
const step = flow.addNode("step", nodes.newton, { x: 1, of: 2 });
// #region refused
flow
  .createCycle("refine")
  .connect(step.out.x, step.in.x)
  .convergeWhen(step.out.moved, (moved) => moved < 1e-12) // an arrow function without a name
  .build();
try {
  flow.toJSON();
} catch (error) {
  if (hasCode(error, "not_serializable")) console.log(error.message);
}
// #endregion refused

// #region hand-written
const document = {
  format: "polyloom/workflow",
  version: 1,
  name: "root",
  nodes: [
    {
      id: "step",
      node: { name: "newton" },
      inputs: [
        ["x", { literal: 1 }],
        ["of", { literal: 2 }],
      ],
    },
  ],
  connections: [],
  cycles: [
    {
      name: "refine",
      feedback: [{ from: { ref: ["step", "x"] }, to: ["step", "x"] }],
      criterion: { kind: "expression", text: "step.moved < 1e-12" },
    },
  ],
  outputs: [],
};
const read = Workflow.fromJSON(document, [nodes.newton]);
// #endregion hand-written
console.log(read.name, read.graph.nodes.size);
