// #region program
import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import * as nodes from "./documents.nodes.ts";

const flow = new Workflow("root");
const step = flow.addNode("step", nodes.newton, { x: 1, of: 2 });
flow.createCycle("refine").connect(step.out.x, step.in.x).convergeWhen(step.out.moved, nodes.isTiny).build();

const text = JSON.stringify(flow);
const read = Workflow.fromJSON(JSON.parse(text), nodes); // a module's exports, or a list

const result = await new LocalRuntime().execute(read);
console.log(result.results["step"].x, result.cycles["refine"]?.iterations);
// #endregion program

const { nodes: stored, cycles } = JSON.parse(text) as { nodes: { node: object }[]; cycles: unknown[] };
console.log(Object.keys(stored[0]!.node), JSON.stringify(cycles[0]).replace(/"module":"[^"]*"/, '"module":"…"'));
