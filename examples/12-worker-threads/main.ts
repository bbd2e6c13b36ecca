import { type RunEvent, Workflow, type WorkflowError } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { countPrimes, cut, loopForEver, meanIndex, measure, sum } from "./nodes.ts";

// #region runtime
await using runtime = new ParallelRuntime({ maxWorkers: 2, memoryLimit: "512MB", graceMs: 50 });
// #endregion runtime

console.log("A map that computes");
// #region map
const primes = new Workflow("primes");
const parts = primes.addNode("parts", cut, { to: 200_000, parts: 8 });
const counted = primes.addMap("counted", countPrimes, {
  each: { start: parts.out.starts },
  with: { size: parts.out.size },
});
const total = primes.addNode("total", sum, { numbers: counted.out.count });
const result = await runtime.execute(primes);
// #endregion map
const local = await new LocalRuntime().execute(primes);
console.log(
  `  ${result.get(total).total} primes, as on the local runtime: ${local.get(total).total === result.get(total).total}`,
);
console.log(`  worked: ${runtime.workers().filter(({ tasks }) => tasks > 0).length} workers`);

console.log("Typed columns");
const body = new Workflow("body");
const columns = body.addNode("columns", measure, { rows: 100_000 });
const mean = body.addNode("mean", meanIndex, { height: columns.out.height, weight: columns.out.weight });
console.log(`  ${(await runtime.execute(body)).get(mean).mean.toFixed(6)}`);

console.log("A node that never ends");
const endless = new Workflow("endless");
endless.addNode("loop", loopForEver, {});
// #region endless
const error = await runtime.execute(endless).catch((reason: WorkflowError) => reason);
if ("code" in error) console.log(`  ${error.nodeId}: ${error.code}`);
// #endregion endless
const types: RunEvent["type"][] = [];
const again = await runtime.execute(primes, { observers: [{ onEvent: ({ type }) => void types.push(type) }] });
console.log(
  `  and the pool goes on: ${again.get(total).total} primes, ${types.filter((type) => type === "node.log").length} log lines`,
);
