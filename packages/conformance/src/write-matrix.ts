import { writeFileSync } from "node:fs";
import { hasCode } from "@polyloom/core";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { capabilityMatrix } from "./capability-matrix.ts";
import type { ConformanceReport } from "./report.ts";
import type { Runtime } from "./subject.ts";
import { testRuntime } from "./test-runtime.ts";

/** Where {@link matrixPage} belongs. */
export const MATRIX_PAGE: string = `${import.meta.dirname}/../../../docs/capability-matrix.md`;

/** Compiled modules are kept, so that hundreds of workers need not strip the types of every source file again. */
const COMPILE_CACHE = `${import.meta.dirname}/../../../node_modules/.cache/polyloom-workers`;

/** On every machine the same number of workers, and quick starts. */
const WORKERS = { maxWorkers: 2, env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE } };

/** A runtime's class, by the package that exports it, and the options that it is made with. */
const RUNTIMES = [
  ["@polyloom/runtime-local", "LocalRuntime", {}],
  ["@polyloom/runtime-async", "AsyncRuntime", {}],
  ["@polyloom/runtime-testing", "TestingRuntime", {}],
  ["@polyloom/runtime-parallel", "ParallelRuntime", WORKERS],
  ["@polyloom/runtime-cyclic", "CyclicRuntime", {}],
  ["@polyloom/runtime-cyclic", "ParallelCyclicRuntime", WORKERS],
] as const;

/** Runs where a container engine answers; its instances share containers, which start slower than a case runs. */
const DOCKER = ["@polyloom/runtime-docker", "DockerRuntime", "ContainerPool"] as const;

type RuntimeClass = new (options?: RuntimeOptions) => Runtime;

interface Pool {
  engine(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Runs the suite on every runtime there is, and gives the text of `docs/capability-matrix.md`; without a column where
 * no container engine answers, which is an error in CI.
 */
export async function matrixPage(): Promise<string> {
  const reports: ConformanceReport[] = [];
  for (const [module, name, options] of RUNTIMES)
    reports.push(await reportOf(await exportOf<RuntimeClass>(module, name), options));
  return capabilityMatrix([...reports, ...(await dockerReports())]);
}

async function dockerReports(): Promise<ConformanceReport[]> {
  const [module, runtime, pools] = DOCKER;
  const PoolClass = await exportOf<new (options: object) => Pool>(module, pools);
  const pool = new PoolClass({ maxContainers: 2, idleTimeoutMs: Infinity });
  try {
    await pool.engine();
    return [await reportOf(await exportOf<RuntimeClass>(module, runtime), { pool })];
  } catch (error) {
    if (process.env["CI"] === "true" || !hasCode(error, "engine_unavailable")) throw error;
    process.emitWarning(`no column for docker: ${error.message}. scripts/docker-engine.sh starts an engine.`);
    return [];
  } finally {
    await pool.close();
  }
}

/** The packages depend on this one for their tests: only their names are known here. */
async function exportOf<T>(module: string, name: string): Promise<T> {
  const exported = (await import(/* @vite-ignore */ module)) as Record<string, T | undefined>;
  const found = exported[name];
  if (found === undefined) throw new Error(`${module} exports no ${name}`);
  return found;
}

async function reportOf(Runtime: RuntimeClass, own: object): Promise<ConformanceReport> {
  const cases: (() => Promise<void>)[] = [];
  const test = (_title: string, run: () => Promise<void>): unknown => cases.push(run);
  const { report } = testRuntime({ test, create: (options) => new Runtime({ ...options, ...own }) });
  // What a case throws stands in the report as well.
  for (const run of cases) await run().catch(() => undefined);
  return report();
}

if (import.meta.main) writeFileSync(MATRIX_PAGE, await matrixPage());
