import { Workflow } from "@polyloom/core";
import { ParallelCyclicRuntime } from "@polyloom/runtime-cyclic";
import { anneal, placeCities } from "./nodes.ts";

// #region flow
const flow = new Workflow("round trips");
const map = flow.addNode("map", placeCities, { count: 60 });
const searches = [1, 2, 3, 4].map((seed) => {
  const { cities, tour } = map.out;
  const search = flow.addNode(`search${seed}`, anneal, { cities, tour, temperature: 1, seed });
  flow
    .createCycle(`cooling${seed}`)
    .connect(search.out.tour, search.in.tour)
    .connect(search.out.temperature, search.in.temperature)
    .connect(search.out.seed, search.in.seed)
    .convergeWhen(`search${seed}.temperature < 0.0005`)
    .build();
  return search;
});

await using runtime = new ParallelCyclicRuntime({ maxWorkers: 2, cycleBatchSize: 50 });
const result = await runtime.execute(flow);
// #endregion flow

for (const { name, iterations, reason } of Object.entries(result.cycles).map(([name, cycle]) => ({ name, ...cycle })))
  console.log(`${name}: ${reason} after ${iterations} iterations`);
const lengths = searches.map((search) => result.get(search).length);
console.log(`The round trips: ${lengths.map((length) => length.toFixed(4)).join(", ")}`);
console.log(`The shortest: ${Math.min(...lengths).toFixed(4)}`);
