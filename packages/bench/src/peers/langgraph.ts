import { type Counter, increment } from "../programs/increment.ts";
import { ITERATIONS, type Job, printJobs } from "./jobs.ts";
import { importPeer } from "./peer-module.ts";

interface Graph {
  addNode(name: string, run: (state: Counter) => Counter): Graph;
  addEdge(from: string, to: string): Graph;
  addConditionalEdges(from: string, next: (state: Counter) => string): Graph;
  compile(): { invoke(state: Counter, options: { recursionLimit: number }): Promise<Counter> };
}

interface LangGraph {
  StateGraph: new (state: unknown) => Graph;
  Annotation: { (): unknown; Root(fields: object): unknown };
  START: string;
  END: string;
}

const { StateGraph, Annotation, START, END } = await importPeer<LangGraph>("langgraph", "@langchain/langgraph");
const state = Annotation.Root({ value: Annotation() });
const settings = { recursionLimit: 2 * ITERATIONS };

function chain(nodes: number): Job {
  const graph = new StateGraph(state).addNode("node0", increment).addEdge(START, "node0");
  for (let i = 1; i < nodes; i++) graph.addNode(`node${i}`, increment).addEdge(`node${i - 1}`, `node${i}`);
  const compiled = graph.addEdge(`node${nodes - 1}`, END).compile();
  return async () => (await compiled.invoke({ value: 0 }, settings)).value;
}

const loop = new StateGraph(state)
  .addNode("step", increment)
  .addEdge(START, "step")
  .addConditionalEdges("step", ({ value }) => (value >= ITERATIONS ? END : "step"))
  .compile();

await printJobs({
  chain,
  loop: async () => (await loop.invoke({ value: 0 }, settings)).value,
});
