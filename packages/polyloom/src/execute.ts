import type { ExecuteOptions, RunResult, RuntimeOptions, Workflow } from "@polyloom/core";
import { loadRuntime } from "./load-runtime.ts";

/** Options of {@link execute}: those of one execution, and those of the runtime that is made for it. */
export interface RunOptions<WI = Readonly<Record<string, unknown>>> extends ExecuteOptions<WI> {
  readonly runtime?: RuntimeOptions;
}

/**
 * Runs a workflow on the runtime that it prefers, by default the local one, and closes that.
 * @throws WorkflowError as a runtime's `execute`; PolyloomError `dependency_missing` with the package to install
 */
export async function execute<WI, WO>(
  workflow: Workflow<WI, WO>,
  options: RunOptions<NoInfer<WI>> = {},
): Promise<RunResult<WO>> {
  const { runtime: runtimeOptions, ...executeOptions } = options;
  // What is no workflow is refused by the runtime.
  const name = (workflow as Workflow<WI, WO> | undefined)?.runtime ?? "local";
  await using runtime = await loadRuntime(name, runtimeOptions);
  return await runtime.execute(workflow, executeOptions);
}
