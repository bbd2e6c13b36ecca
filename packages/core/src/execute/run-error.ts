import type { CodedError, ErrorCode } from "@polyloom/wire";
import { collectCycles, collectNodes, collectResults } from "../report/run-result.ts";
import type { Issue } from "../validate/issue.ts";
import { failureOf, WorkflowError } from "./failure.ts";
import type { Run } from "./run.ts";

/** The error of a run that failed or was stopped. */
export function runError(run: Run): WorkflowError {
  const { cause, failures } = run;
  const stopped = cause === undefined ? [] : [failureOf(cause)];
  const errors = Object.freeze([...stopped, ...failures]);
  return new WorkflowError(errors[0]!, {
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

/** The error of a plan that a runtime cannot run, for a reason that only shows when it gets ready. */
export function refusedPlan(workflow: string, error: CodedError): WorkflowError {
  const { code, message, details } = error;
  const first = { code, message, nodeId: undefined, iteration: undefined, attempt: undefined, details, cause: error };
  return new WorkflowError(first, { runId: undefined, workflow, errors: [first] });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
