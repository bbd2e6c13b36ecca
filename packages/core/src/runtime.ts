// What the author of a runtime needs.
export type { Batch } from "./batch/batch.ts";
export type { BatchEnd } from "./batch/report.ts";
export { BaseRuntime } from "./execute/base-runtime.ts";
export { SEQUENTIAL } from "./execute/capabilities.ts";
export type { Capabilities, Feature } from "./execute/capabilities.ts";
export type { CycleWatch, WatchedCycle, WatchedRun } from "./execute/cycle-watch.ts";
export { defaultLogger } from "./observe/logger.ts";
export { systemClock } from "./execute/clock.ts";
export type { Clock } from "./execute/clock.ts";
export { invoke, placeFailed } from "./execute/task.ts";
export type { Outcome, Task } from "./execute/task.ts";
export type { ExecuteOptions, RuntimeOptions } from "./execute/options.ts";
export { Histogram } from "./observe/histogram.ts";
export type { CyclePlan, InputPlan, Plan, SourcePlan, Step } from "./plan/plan.ts";
export type { Prepared } from "./plan/plan-for.ts";
