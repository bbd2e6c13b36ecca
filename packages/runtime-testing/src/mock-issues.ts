import { type Issue, WorkflowError, type WorkflowLike } from "@polyloom/core";
import type { Mock, MockTable } from "./mock-table.ts";
import { findEntry } from "./substitute.ts";

/** What was set for nodes and cannot be meant for this workflow. */
export function mockIssues(workflow: WorkflowLike, mocks: MockTable): Issue[] {
  return [...mocks.values()].flatMap((mock) => issueOf(workflow, mock) ?? []);
}

/** The sub-workflows that were given a response or an error, by id. */
export function mockedWorkflows(workflow: WorkflowLike, mocks: MockTable): string[] {
  const answering = [...mocks.values()].filter(({ response, error }) => response !== undefined || error !== undefined);
  return answering.map(({ id }) => id).filter((id) => findEntry(workflow, id)?.node.kind === "workflow");
}

/** The error of a run that such issues stop before it starts. */
export function refuseMocks(workflow: WorkflowLike, issues: readonly Issue[]): WorkflowError {
  const lines = issues.map(({ code, message, remedy }) => `  ${code}: ${message}; ${remedy}`);
  const [first] = issues;
  const failure = {
    code: first!.code,
    message: `workflow "${workflow.name}" cannot run with these mocks:\n${lines.join("\n")}`,
    nodeId: undefined,
    iteration: undefined,
    attempt: undefined,
    details: { issues },
    cause: undefined,
  };
  return new WorkflowError(failure, { runId: undefined, workflow: workflow.name, errors: [], issues });
}

function issueOf(workflow: WorkflowLike, mock: Mock): Issue | undefined {
  const entry = findEntry(workflow, mock.id);
  if (entry === undefined) return unknownNode(workflow, mock.id);
  if (entry.map !== undefined && mock.namedWhole && mock.response !== undefined) return wholeMap(mock.id);
  const isDelayed = mock.latencyMs !== undefined && mock.response === undefined && mock.error === undefined;
  return entry.node.kind === "workflow" && isDelayed ? delayedWorkflow(mock.id) : undefined;
}

function unknownNode(workflow: WorkflowLike, id: string): Issue {
  const known = [...workflow.graph.nodes.keys()].slice(0, 20).join(", ");
  return {
    code: "unknown_node",
    severity: "error",
    place: id,
    message: `something was set for "${id}", which is no node of workflow "${workflow.name}"`,
    remedy: `correct the id (it has ${known || "no nodes"}), or make a runtime for each workflow`,
  };
}

function wholeMap(id: string): Issue {
  return {
    code: "invalid_option",
    severity: "error",
    place: id,
    message: `"${id}" is a map, whose response answers one item`,
    remedy: `set it for items(handle), or for "${id}"`,
  };
}

function delayedWorkflow(id: string): Issue {
  return {
    code: "invalid_option",
    severity: "error",
    place: id,
    message: `"${id}" is a workflow, which has no latency of its own`,
    remedy: "set a response for it too, or latencies for its nodes",
  };
}
