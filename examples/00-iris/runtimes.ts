import type { BaseRuntime, RuntimeOptions } from "@polyloom/core/runtime";

/** A runtime, and the package that holds it. */
export interface RuntimeSource {
  readonly name: string;
  readonly from: string;
  readonly type: string;
  /** Of this runtime alone. */
  readonly options?: object;
}

/** What the nodes read, where they share no files with this process. */
const TABLES = ["iris.csv", "late.csv"].map((name) => new URL(name, import.meta.url));

// #region runtimes
/** Every runtime that the demo tries. */
export const RUNTIMES: readonly RuntimeSource[] = [
  { name: "local", from: "@polyloom/runtime-local", type: "LocalRuntime" },
  { name: "async", from: "@polyloom/runtime-async", type: "AsyncRuntime" },
  { name: "parallel", from: "@polyloom/runtime-parallel", type: "ParallelRuntime" },
  { name: "cyclic", from: "@polyloom/runtime-cyclic", type: "CyclicRuntime" },
  { name: "parallel-cyclic", from: "@polyloom/runtime-cyclic", type: "ParallelCyclicRuntime" },
  { name: "docker", from: "@polyloom/runtime-docker", type: "DockerRuntime", options: { files: TABLES } },
  { name: "testing", from: "@polyloom/runtime-testing", type: "TestingRuntime" },
];
// #endregion runtimes

/** Makes a runtime, or `undefined` where its package is not installed. */
export async function makeRuntime(
  { from, type, options: own }: RuntimeSource,
  options: RuntimeOptions,
): Promise<BaseRuntime | undefined> {
  const module = await importInstalled(from);
  const Runtime = module?.[type] as (new (options: RuntimeOptions) => BaseRuntime) | undefined;
  return Runtime && new Runtime({ ...options, ...own });
}

async function importInstalled(name: string): Promise<Record<string, unknown> | undefined> {
  try {
    return (await import(name)) as Record<string, unknown>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${name}'`)) return undefined;
    throw error;
  }
}
