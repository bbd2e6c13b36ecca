import type { Plan } from "../plan/plan.ts";
import type { Outputs } from "./inputs.ts";

/** How far a step is. */
export const Status = { pending: 0, running: 1, completed: 2, skipped: 3, failed: 4, cancelled: 5 } as const;

/** A value of {@link Status}. */
export type StatusCode = (typeof Status)[keyof typeof Status];

/** What a run knows of its steps: one array a fact, indexed by step. */
export interface RunState {
  readonly outputs: Outputs;
  readonly status: Uint8Array;
  /** Attempts of the last activation, where more than one. */
  readonly attempts: Map<number, number>;
  /** Where a step ran, where its runtime says so. */
  readonly where: Map<number, string>;
  /** Milliseconds from the run's start, and of the step itself; only where times are kept. */
  readonly startedAt: Float64Array | undefined;
  readonly durationMs: Float64Array | undefined;
}

/** A state in which nothing has run. */
export function initialState(plan: Plan, timed: boolean): RunState {
  const count = plan.steps.length;
  return {
    outputs: new Array<undefined>(count).fill(undefined),
    status: new Uint8Array(count),
    attempts: new Map(),
    where: new Map(),
    startedAt: timed ? new Float64Array(count).fill(Number.NaN) : undefined,
    durationMs: timed ? new Float64Array(count).fill(Number.NaN) : undefined,
  };
}
