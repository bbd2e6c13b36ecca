import type { RunEvent } from "./event.ts";

/** Sees every event of a run as it happens; what it throws is logged and never fails the run (E7). */
export interface Observer {
  onEvent(event: RunEvent): void | Promise<void>;
  /** Called around each attempt, so that what it sets (an async context, say) reaches the node's code; has to call `invoke` once. */
  around?<T>(attempt: Attempt, invoke: () => T): T;
}

/** One attempt at a node, or at one item of a map. */
export interface Attempt {
  readonly runId: string;
  readonly nodeId: string;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly index: number | undefined;
}
