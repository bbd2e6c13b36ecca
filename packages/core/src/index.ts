// define
export { defineNode } from "./define/node.ts";
export type { NodeContext, NodeDefinition, NodeSettings, NodeSpec, NodeTypes } from "./define/node.ts";
export { defineFunction } from "./define/defined-function.ts";
export type { DefinedFunction } from "./define/defined-function.ts";
export type { RetryPolicy } from "./define/retry-policy.ts";
export { Workflow } from "./define/workflow.ts";
export type { MapSpec, NodeLike } from "./define/workflow.ts";
export type { RuntimePreference, WorkflowLike, WorkflowOptions } from "./define/graph.ts";
export type { AnyHandle, NodeHandle } from "./define/handle.ts";
export type { CovRef, InPorts, InRef, OutPorts, OutRef, Wire, Wires } from "./define/reference.ts";
export { firstOf } from "./define/reference.ts";
export { ifElse, switchOn } from "./define/branch.ts";
export type { BranchOptions, IfElseOut } from "./define/branch.ts";
export type { CycleBuilder } from "./define/cycle.ts";
export { all, any, delta, fixpoint, plateau } from "./define/criterion.ts";
export type { Criterion, CriterionSettings, CyclePredicate, IterationInfo } from "./define/criterion.ts";

// documents
export type { WorkflowDocument } from "./document/format.ts";
export type { NodeLibrary } from "./document/library.ts";
export type { ReadWorkflow } from "./document/read.ts";

// validate
export { validate } from "./validate/validate.ts";
export type { Parameters } from "./validate/validate.ts";
export type { Issue } from "./validate/issue.ts";

// execute
export type { ExecuteOptions, FailureMode, RuntimeOptions } from "./execute/options.ts";
export type { ValidationMode } from "./execute/values.ts";
export { WorkflowError } from "./execute/failure.ts";
export type { Failure } from "./execute/failure.ts";

// observe
export type { RunEvent } from "./observe/event.ts";
export type { Attempt, Observer } from "./observe/observer.ts";
export { progressView } from "./observe/progress-view.ts";
export type { ProgressView, ProgressViewOptions, ViewStream } from "./observe/progress-view.ts";
export type { ValidationMetrics, Violation } from "./observe/validation-metrics.ts";
export type { NodeTimes } from "./observe/node-timing.ts";

// report
export type { RunResult, NodeRecord, NodeStatus } from "./report/run-result.ts";
export type { CycleMetrics, CycleReport, CycleStopReason } from "./report/cycle-report.ts";
export type { MemoryUsage, Metrics, MetricsDocument } from "./report/metrics.ts";
export type { RunOutcome } from "./report/outcome.ts";
export { toDot } from "./report/dot.ts";
export { toMermaid } from "./report/mermaid.ts";
export { errorSummary, runSummary } from "./report/summary.ts";
export type { TextOptions } from "./report/terminal-text.ts";

// errors
export { ERROR_CODES, hasCode, PolyloomError } from "@polyloom/wire";
export type { ErrorCode } from "@polyloom/wire";
