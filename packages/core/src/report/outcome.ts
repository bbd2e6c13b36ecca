import type { WorkflowError } from "../execute/failure.ts";
import type { CycleReport } from "./cycle-report.ts";
import type { NodeRecord, NodeStatus, RunResult } from "./run-result.ts";

/** What is left of a run: its result, or the error that it was rejected with. */
export type RunOutcome =
  | Pick<RunResult, "nodes" | "cycles">
  | Pick<WorkflowError, "errors" | "partialResults" | "cycles">;

/** What is known of one node after a run; an error knows less than a result. */
export interface NodeOutcome extends Partial<Omit<NodeRecord, "status">> {
  readonly status: NodeStatus;
}

/** What is known of each node after a run, by id. */
export function nodeOutcomes(outcome: RunOutcome | undefined): ReadonlyMap<string, NodeOutcome> {
  if (outcome === undefined) return new Map();
  if ("nodes" in outcome) return new Map(Object.entries(outcome.nodes));
  const known = new Map<string, NodeOutcome>();
  for (const id of Object.keys(outcome.partialResults)) known.set(id, { status: "completed" });
  for (const { nodeId, attempt } of outcome.errors)
    if (nodeId !== undefined) known.set(nodeId, { status: "failed", attempts: attempt ?? 1 });
  return known;
}

/** What is known of each cycle after a run, by name. */
export function cycleOutcomes(outcome: RunOutcome | undefined): ReadonlyMap<string, CycleReport> {
  return new Map(Object.entries(outcome?.cycles ?? {}));
}
