import { type ErrorCode, hasCode, PolyloomError } from "@polyloom/wire";
import { isProxy } from "node:util/types";
import type { CycleReport } from "../report/cycle-report.ts";
import type { NodeRecord } from "../report/run-result.ts";
import type { Issue } from "../validate/issue.ts";

/** One failure as it was observed. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nodeId: string | undefined;
  /** Iteration of the innermost cycle, from 1; `undefined` outside cycles. */
  readonly iteration: number | undefined;
  readonly attempt: number | undefined;
  /** A limit, an index, a container's id… */
  readonly details: Readonly<Record<string, unknown>>;
  /** What the node threw. */
  readonly cause: unknown;
}

/** What a failed run says beside its first failure. */
export interface WorkflowErrorParts {
  readonly runId: string | undefined;
  readonly workflow: string;
  readonly errors: readonly Failure[];
  readonly issues?: readonly Issue[];
  readonly partialResults?: () => Readonly<Record<string, unknown>>;
  readonly cycles?: () => Readonly<Record<string, CycleReport>>;
  readonly nodes?: () => Readonly<Record<string, NodeRecord>>;
}

/** The one error that `execute` rejects with (E1). */
export class WorkflowError extends PolyloomError {
  readonly runId: string | undefined;
  readonly workflow: string;
  readonly nodeId: string | undefined;
  readonly iteration: number | undefined;
  readonly attempt: number | undefined;
  /** All failures, the first observed first. */
  readonly errors: readonly Failure[];
  /** What was found before anything ran. */
  readonly issues: readonly Issue[];
  readonly #partialResults: (() => Readonly<Record<string, unknown>>) | undefined;
  readonly #cycles: (() => Readonly<Record<string, CycleReport>>) | undefined;
  readonly #nodes: (() => Readonly<Record<string, NodeRecord>>) | undefined;

  static {
    Object.defineProperty(this.prototype, "name", { value: "WorkflowError", configurable: true, writable: true });
  }

  /** Made by a run, or before one. */
  constructor(first: Failure, parts: WorkflowErrorParts) {
    super(first.code, first.message, { cause: first.cause, details: first.details });
    this.runId = parts.runId;
    this.workflow = parts.workflow;
    this.nodeId = first.nodeId;
    this.iteration = first.iteration;
    this.attempt = first.attempt;
    this.errors = parts.errors;
    this.issues = parts.issues ?? [];
    this.#partialResults = parts.partialResults;
    this.#cycles = parts.cycles;
    this.#nodes = parts.nodes;
  }

  /** Outputs of completed nodes by id; of a cycle, the last completed iteration. */
  get partialResults(): Readonly<Record<string, unknown>> {
    return this.#partialResults?.() ?? {};
  }

  /** What became of each node. */
  get nodes(): Readonly<Record<string, NodeRecord>> {
    return this.#nodes?.() ?? {};
  }

  /** How far each cycle came. */
  get cycles(): Readonly<Record<string, CycleReport>> {
    return this.#cycles?.() ?? {};
  }
}

/** Where a failure happened. */
export type FailurePlace = Partial<Pick<Failure, "nodeId" | "iteration" | "attempt" | "details">>;

/** A failure of the engine's own making, such as a timeout. */
export function failureOf(error: PolyloomError, place: FailurePlace = {}): Failure {
  return {
    code: error.code,
    message: error.message,
    nodeId: place.nodeId,
    iteration: place.iteration,
    attempt: place.attempt,
    details: { ...error.details, ...place.details },
    cause: error.cause ?? error,
  };
}

/** What the engine threw, told by its code; what a user's code threw while a value was read or checked, by `node_failed`. */
export function caughtFailure(thrown: unknown, place: FailurePlace): Failure {
  return isOwn(thrown) ? failureOf(thrown, place) : thrownFailure(thrown, undefined, place);
}

/** Safe for whatever was thrown: asking a Proxy what it is may throw. */
function isOwn(thrown: unknown): thrown is PolyloomError {
  return hasCode(thrown) && !isProxy(thrown) && thrown instanceof PolyloomError;
}

/** A failure that a node threw, whatever it threw (E5). */
export function thrownFailure(thrown: unknown, code: ErrorCode | undefined, place: FailurePlace): Failure {
  return {
    code: code ?? "node_failed",
    message: `node "${place.nodeId}" failed: ${describeThrown(thrown)}`,
    nodeId: place.nodeId,
    iteration: place.iteration,
    attempt: place.attempt,
    details: place.details ?? {},
    cause: thrown,
  };
}

/** What was thrown, in words; never throws itself. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error || hasCode(thrown)) return String((thrown as Error).message) || (thrown as Error).name;
    return `it threw ${typeof thrown === "string" ? JSON.stringify(thrown) : String(thrown)}, which is no Error`;
  } catch {
    return "it threw something that cannot be shown";
  }
}
