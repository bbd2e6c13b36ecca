// Finds the three kinds of iris in 150 measured flowers, with one workflow on every runtime that is installed.
import { isDeepStrictEqual } from "node:util";
import { hasCode, type RunResult, runSummary, toMermaid } from "@polyloom/core";
import type { BaseRuntime } from "@polyloom/core/runtime";
import { iris } from "./flow.ts";
import { makeRuntime, RUNTIMES, type RuntimeSource } from "./runtimes.ts";
import { bad, good, heading, table } from "./table.ts";

type Answer = NonNullable<(typeof iris)["~output"]> extends () => infer O ? O : never;

interface Trial {
  readonly source: RuntimeSource;
  /** `undefined` where the runtime is not installed, or has nowhere to run. */
  readonly result: RunResult<Answer> | undefined;
  /** Why there is no result. */
  readonly missing?: string;
  readonly milliseconds: number;
}

/** Computed by an independent implementation: scikit-learn's KMeans, from the same three rows. */
const KNOWN = { inertia: 78.851441426146, sizes: [50, 62, 38], iterations: 4 };
const SPECIES = ["setosa", "versicolor", "virginica"];

const trials: Trial[] = [];
for (const source of RUNTIMES) trials.push(await attempt(source));
const results = trials.flatMap(({ result }) => result ?? []);
const first = results[0]!;

console.log(heading("Three kinds of iris: one workflow, every runtime"));
console.log(table(["runtime", "inertia", "clusters", "iterations", "time, best of 5"], trials.map(rowOf)));
const wrong = results.filter((result) => !isKnown(result) || !isDeepStrictEqual(result.outputs, first.outputs));
if (wrong.length === 0) console.log(good(`\n  ${results.length} runtimes, the same answer: the known one.`));
else console.log(bad(`\n  A wrong answer from: ${wrong.map(({ runtime }) => runtime).join(", ")}.`));

console.log(heading("Lines"));
for (const line of first.outputs.note) console.log(`  ${line}`);

console.log(
  heading(`Convergence: ${first.cycles["refine"]?.reason} after ${first.cycles["refine"]?.iterations} iterations`),
);
console.log(
  table(
    ["iteration", "inertia", "centroids moved by"],
    first.outputs.journal.map(({ iteration, inertia, shift }) => [
      String(iteration),
      inertia.toFixed(12),
      shift.toFixed(12),
    ]),
  ),
);

console.log(heading("Species by cluster"));
console.log(
  table(
    ["species", "cluster 1", "cluster 2", "cluster 3"],
    first.outputs.counts.map((row, kind) => [SPECIES[kind]!, ...row.map(String)]),
  ),
);

console.log(heading(`Metrics of the run on ${first.runtime}`));
console.log(runSummary(first).trimEnd());

console.log(heading("The workflow and what became of it, as a Mermaid graph"));
console.log(toMermaid(iris, first).trimEnd());

if (wrong.length > 0) process.exitCode = 1;

// #region run
async function attempt(source: RuntimeSource): Promise<Trial> {
  const runtime = await makeRuntime(source, { collectMetrics: true });
  if (runtime === undefined) return { source, result: undefined, milliseconds: Number.NaN };
  try {
    const runs = [await run(runtime), await run(runtime), await run(runtime), await run(runtime), await run(runtime)];
    return runs.reduce((best, each) => (each.milliseconds < best.milliseconds ? each : best));
  } catch (error) {
    if (!hasCode(error, "engine_unavailable")) throw error;
    return { source, result: undefined, missing: "no container engine answers", milliseconds: Number.NaN };
  } finally {
    await runtime.close();
  }

  async function run(on: BaseRuntime): Promise<Trial> {
    const began = performance.now();
    const result = await on.execute(iris, { runId: source.name, input: { table: "iris.csv", late: "late.csv" } });
    return { source, result, milliseconds: performance.now() - began };
  }
}
// #endregion run

function rowOf({ source, result, missing = "not installed", milliseconds }: Trial): string[] {
  if (result === undefined) return [source.name, missing];
  const { inertia, sizes } = result.outputs;
  const iterations = String(result.cycles["refine"]?.iterations);
  return [source.name, inertia.toFixed(12), sizes.join(", "), iterations, `${milliseconds.toFixed(1)} ms`];
}

function isKnown({ outputs, cycles }: RunResult<Answer>): boolean {
  return (
    Math.abs(outputs.inertia - KNOWN.inertia) < 1e-9 &&
    isDeepStrictEqual(outputs.sizes, KNOWN.sizes) &&
    cycles["refine"]?.iterations === KNOWN.iterations
  );
}
