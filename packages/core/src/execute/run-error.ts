import { type ErrorCode, hasCode } from "@polyloom/wire";
import { collectCycles, collectNodes, collectResults } from "../report/run-result.ts";
import type { Issue } from "../validate/issue.ts";
import { describeThrown, type Failure, failureOf, WorkflowError } from "./failure.ts";
import type { Run } from "./run.ts";

/** The error of a run that failed or was stopped. */
export function runError(run: Run): WorkflowError {
  const { cause, failures } = run;
  const stopped = cause === undefined ? [] : [failureOf(cause)];
  const errors = Object.freeze([...failures, ...stopped]);
  // A run that was stopped says so, whatever failed before: that is among its errors.
  return new WorkflowError(stopped[0] ?? errors[0]!, {
    runId: run.runId,
    workflow: run.plan.workflow.name,
    errors,
    partialResults: once(() => collectResults(run)),
    cycles: once(() => collectCycles(run)),
    nodes: once(() => collectNodes(run)),
  });
}

/** The error of a workflow that cannot run; its code is that of its issues where they agree. */
export function invalidWorkflow(workflow: string, issues: readonly Issue[]): WorkflowError {
  const errors = issues.filter(({ severity }) => severity === "error");
  const codes = new Set<ErrorCode>(errors.map(({ code }) => code));
  const lines = errors.slice(0, 20).map(({ code, message, remedy }) => `  ${code}: ${message}; ${remedy}`);
  if (errors.length > 20) lines.push(`  and ${errors.length - 20} more, in error.issues`);
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  const first = {
    code: codes.size === 1 ? errors[0]!.code : "workflow_invalid",
    message: `workflow "${workflow}" cannot run: ${count}\n${lines.join("\n")}`,
    nodeId: undefined,
    iteration: undefined,
    attempt: undefined,
    details: { issues },
    cause: undefined,
  } as const;
  return new WorkflowError(first, { runId: undefined, workflow, errors: [], issues });
}

/** The error of a run whose place was not ready for it: its own code, or `place_unavailable`. */
export function refusedRun(workflow: string, runtime: string, thrown: unknown): WorkflowError {
  const coded = hasCode(thrown);
  const first: Failure = {
    code: coded ? thrown.code : "place_unavailable",
    message: coded ? thrown.message : `runtime "${runtime}" could not get ready: ${describeThrown(thrown)}`,
    nodeId: undefined,
    iteration: undefined,
    attempt: undefined,
    details: coded ? thrown.details : {},
    cause: thrown,
  };
  return new WorkflowError(first, { runId: undefined, workflow, errors: [first] });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
