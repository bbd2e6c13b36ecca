import { type Workflow, WorkflowError } from "@polyloom/core";
import { DockerRuntime } from "@polyloom/runtime-docker";

/** A runtime with the options of the original. */
export function makeRuntime(): DockerRuntime {
  // #region options
  const runtime = new DockerRuntime({
    baseImage: "node:24-slim",
    networkMode: "bridge",
    volumes: { "/local/data": { bind: "/container/data", mode: "rw" } },
    environment: { TZ: "UTC" },
    pullPolicy: "if_not_present",
    warmContainers: 2,
  });
  // #endregion options
  return runtime;
}

/** Runs a workflow, and tells what its container had to say. */
export async function runAndTell(runtime: DockerRuntime, flow: Workflow): Promise<void> {
  // #region failure
  try {
    await runtime.execute(flow);
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    const { containerId } = error.details as { containerId?: string };
    console.error(error.code, error.nodeId, containerId);
    if (containerId !== undefined) console.error(runtime.getContainerLogs(containerId));
  }
  // #endregion failure
}
