import type { ErrorCode } from "@polyloom/wire";
import type { CycleStopReason } from "../report/cycle-report.ts";

interface Common {
  readonly runId: string;
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** Milliseconds on the runtime's clock, never going back. */
  readonly time: number;
}

interface OnNode extends Common {
  readonly nodeId: string;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
}

/** A run begins. */
export interface RunStarted extends Common {
  readonly type: "run.started";
  readonly workflow: string;
  readonly runtime: string;
  /** How many nodes there are, those of sub-workflows included. */
  readonly nodes: number;
}

/** A run is over; nothing follows. */
export interface RunEnded extends Common {
  readonly type: "run.ended";
  readonly status: "completed" | "failed" | "cancelled";
  readonly durationMs: number;
  /** The first failure. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly nodeId: string | undefined };
}

/** A node's inputs are settled and it has a slot. */
export interface NodeStarted extends OnNode {
  readonly type: "node.started";
}

/** A node, or a map, tells how far it is. */
export interface NodeProgress extends OnNode {
  readonly type: "node.progress";
  readonly done: number;
  readonly total: number | undefined;
  readonly message: string | undefined;
  /** The item that a map's progress is about, where items were asked for. */
  readonly index?: number;
}

/** A node logged a line. */
export interface NodeLog extends OnNode {
  readonly type: "node.log";
  readonly level: string;
  readonly message: string;
  /** The item of a map that logged. */
  readonly index?: number;
}

/** An attempt failed and another follows. */
export interface NodeRetrying extends OnNode {
  readonly type: "node.retrying";
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly message: string;
  /** The item of a map that is repeated. */
  readonly index?: number;
}

/** A node gave its outputs. */
export interface NodeCompleted extends OnNode {
  readonly type: "node.completed";
  readonly attempts: number;
  readonly durationMs: number;
}

/** A node failed for good. */
export interface NodeFailed extends OnNode {
  readonly type: "node.failed";
  readonly attempts: number;
  readonly durationMs: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** A node was interrupted. */
export interface NodeCancelled extends OnNode {
  readonly type: "node.cancelled";
  readonly durationMs: number;
}

/** A node had nothing to run with; it never started. */
export interface NodeSkipped extends OnNode {
  readonly type: "node.skipped";
}

/** An iteration is complete. */
export interface CycleIteration extends Common {
  readonly type: "cycle.iteration";
  readonly cycle: string;
  /** Counts from 1. */
  readonly iteration: number;
  readonly maxIterations: number | undefined;
}

/** A cycle is over. */
export interface CycleEnded extends Common {
  readonly type: "cycle.ended";
  readonly cycle: string;
  readonly iterations: number;
  readonly converged: boolean;
  readonly reason: CycleStopReason;
  readonly elapsedMs: number;
}

/** A value does not fit its port (V2), or carries a key that the port does not declare (V4). */
export interface ValidationIssue extends Common {
  readonly type: "validation.issue";
  readonly nodeId: string;
  readonly port: string;
  readonly side: "input" | "output";
  readonly kind: "invalid" | "undeclared";
  /** Where the value came from, `node.port`; empty for outputs, parameters and literals. */
  readonly from: string;
  /** Path inside the value. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Everything that can be observed of a run (O1). */
export type RunEvent =
  | RunStarted
  | RunEnded
  | NodeStarted
  | NodeProgress
  | NodeLog
  | NodeRetrying
  | NodeCompleted
  | NodeFailed
  | NodeCancelled
  | NodeSkipped
  | CycleIteration
  | CycleEnded
  | ValidationIssue;

/** An event before the host gave it its number and time. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, keyof Common> : never) : never;
