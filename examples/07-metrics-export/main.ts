import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { defineNode, Workflow, type MetricsDocument } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const square = defineNode({
  name: "square",
  input: z.object({ x: z.number() }),
  output: z.object({ y: z.number() }),
  retry: { attempts: 2, delayMs: 0 },
  run: ({ x }, { attempt, index }) => {
    if (index === 2 && attempt === 1) throw new Error("once");
    return { y: x * x };
  },
});

const sum = defineNode({
  name: "sum",
  input: z.object({ values: z.array(z.number()) }),
  output: z.object({ total: z.number() }),
  run: ({ values }) => ({ total: values.reduce((total, each) => total + each, 0) }),
});

const workflow = new Workflow("squares");
const squares = workflow.addMap("squares", square, { each: { x: [1, 2, 3, 4] } });
workflow.addNode("total", sum, { values: squares.out.y });

// #region collect
const runtime = new LocalRuntime({ collectMetrics: true });
await runtime.execute(workflow);
const result = await runtime.execute(workflow);

const metrics = runtime.getMetrics(); // all runs; result.metrics has this run's
// #endregion collect
console.log(`runs: ${metrics.runs}`);
for (const [id, times] of Object.entries(metrics.nodeTimes)) {
  const isOrdered = times.min <= times.p50 && times.p50 <= times.p95 && times.p95 <= times.max;
  console.log(`${id}: ${times.count} times, ${times.retries} retries, min ≤ p50 ≤ p95 ≤ max: ${isOrdered}`);
}
console.log(`of the last run: ${result.metrics!.nodeTimes["squares"]!.count} squares`);

const folder = await mkdtemp(join(tmpdir(), "polyloom-"));
// #region export
const json = join(folder, "runtime_metrics.json");
const text = join(folder, "runtime_metrics.prom");
await metrics.export(json);
await metrics.export(text, { format: "prometheus" });
// #endregion export
const document = JSON.parse(await readFile(json, "utf8")) as MetricsDocument;
const scraped = await readFile(text, "utf8");
await rm(folder, { recursive: true });

console.log(`the JSON file says what toJSON says: ${isDeepStrictEqual(document, metrics.toJSON())}`);
console.log(`the Prometheus file says what toPrometheus says: ${scraped === metrics.toPrometheus()}`);
console.log(Object.keys(document).join(", "));
for (const line of scraped.split("\n")) if (/_count|retries_total\{|runs_total \d/.test(line)) console.log(line);
