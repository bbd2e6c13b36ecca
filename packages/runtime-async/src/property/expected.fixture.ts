/** A failure that a run has to tell. */
export interface ExpectedFailure {
  readonly code: string;
  readonly nodeId: string | undefined;
  readonly iteration: number | undefined;
  /** Message of what the user's code threw; `undefined` for failures of the engine's own making. */
  readonly cause: string | undefined;
  /** Whether another item of the same map fails too, so that order decides which is told. */
  readonly isOneOfMany: boolean;
}

/** What became of a node. */
export interface ExpectedNode {
  readonly status: "completed" | "skipped" | "failed";
  readonly attempts: number;
}

/** What became of a cycle. */
export interface ExpectedCycle {
  readonly iterations: number;
  readonly converged: boolean;
  readonly reason: string;
  readonly runs: number;
  readonly totalIterations: number;
}

/** What a run that goes on after failures has to give. */
export interface Expected {
  readonly results: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly nodes: Readonly<Record<string, ExpectedNode>>;
  readonly cycles: Readonly<Record<string, ExpectedCycle>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly ExpectedFailure[];
}
