import { type ErrorCode, hasCode } from "@polyloom/wire";
import type { NodeContext, NodeDefinition } from "../define/node.ts";

/** One attempt at one node: all that a place needs to run it. */
export interface Task {
  readonly runId: string;
  readonly workflow: string;
  readonly nodeId: string;
  readonly node: NodeDefinition;
  /** Checked values by port; checked anew for each attempt. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Counts from 1. */
  readonly attempt: number;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  /** Position of a map's item, from 0; `undefined` outside maps. */
  readonly index: number | undefined;
  /** Ports of the input that nobody else has: their buffers may be moved. */
  readonly moved?: readonly string[] | undefined;
  /** What the node's function gets; a place elsewhere reports progress and logs through it, and keeps `state` in it. */
  readonly context: NodeContext;
}

/** How an attempt ended. */
export type Outcome =
  | { readonly status: "completed"; readonly output: unknown; /** Where it ran, for people. */ readonly where?: string }
  | {
      readonly status: "failed";
      readonly error: unknown;
      /** Set where the place failed, not the node. */
      readonly code?: ErrorCode;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly where?: string;
    };

/** Runs a task here and now; a node that returns a plain value is not awaited. */
export function invoke(task: Task): Outcome | Promise<Outcome> {
  try {
    const output = task.node.run(task.input as never, task.context);
    return isThenable(output) ? settle(output) : { status: "completed", output };
  } catch (error) {
    return { status: "failed", error };
  }
}

/** The outcome where the place failed and not the node: the error's own code counts. */
export function placeFailed(error: unknown): Outcome {
  if (!hasCode(error)) return { status: "failed", error };
  return { status: "failed", error, code: error.code, details: error.details };
}

async function settle(output: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { status: "completed", output: await output };
  } catch (error) {
    return { status: "failed", error };
  }
}

/** Whether a value has a `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}
