import type { Logger } from "pino";
import type { WorkflowLike } from "../define/graph.ts";
import { prepare, type Prepared } from "../plan/plan-for.ts";

/** Lines about one workflow; more would bury the rest of the log. */
const MOST_LINES = 10;

/** Workflows, at one version each, whose warnings were told. */
const TOLD = new WeakSet<Prepared>();

/** Logs what looks like a mistake in a workflow that runs: once for each version of it, and never failing a run (E7). */
export function logWarnings(workflow: WorkflowLike, runId: string, logger: () => Logger): void {
  const prepared = prepare(workflow);
  const { issues } = prepared.structure;
  if (issues.length === 0 || TOLD.has(prepared)) return;
  TOLD.add(prepared);
  try {
    for (const { code, place, message, remedy } of issues.slice(0, MOST_LINES))
      logger().warn({ runId, code, place }, `${message}; ${remedy}`);
  } catch {
    // a logger that throws never fails a run
  }
}
