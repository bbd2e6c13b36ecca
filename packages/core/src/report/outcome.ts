import type { WorkflowError } from "../execute/failure.ts";
import type { RunResult } from "./run-result.ts";

/** What is left of a run: its result, or the error that it was rejected with. */
export type RunOutcome = Pick<RunResult | WorkflowError, "nodes" | "cycles">;
