import type { Run } from "../execute/run.ts";
import type { BatchOrder } from "./order.ts";

/** What every batch of a run is sent with. */
export function orderSettings({ settings, plan }: Run): Pick<BatchOrder, "runId" | "workflow" | "settings"> {
  const { runId, onFailure, graceMs, timing, events, values, batches } = settings;
  return {
    runId,
    workflow: plan.workflow.name,
    settings: {
      validation: values.mode,
      onFailure,
      graceMs,
      cycleBatchSize: batches?.cycleBatchSize,
      metrics: timing !== undefined,
      events: events !== undefined,
    },
  };
}
