import { type Job, printJobs } from "./jobs.ts";
import { importPeer } from "./peer-module.ts";

interface PGraphModule {
  PGraph: new (nodes: Map<string, { run: () => void }>, edges: [string, string][]) => { run(): Promise<void> };
}

const { PGraph } = await importPeer<PGraphModule>("p-graph", "p-graph");

/** It orders calls, and neither carries nor checks values; the closure stands for the data. */
function chain(nodes: number): Job {
  let value = 0;
  const names = Array.from({ length: nodes }, (_, i) => `node${i}`);
  const calls = new Map(names.map((name) => [name, { run: () => void (value += 1) }]));
  const edges = names.slice(1).map((name, i): [string, string] => [names[i]!, name]);
  const graph = new PGraph(calls, edges);
  return async () => {
    value = 0;
    await graph.run();
    return value;
  };
}

await printJobs({ chain });
