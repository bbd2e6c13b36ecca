export { CyclicRuntime } from "./cyclic-runtime.ts";
export type { CycleEndMoment, CyclicRuntimeOptions, IterationMoment } from "./cyclic-options.ts";
export { ParallelCyclicRuntime } from "./parallel-cyclic-runtime.ts";
export type { ParallelCyclicRuntimeOptions } from "./parallel-cyclic-runtime.ts";
export type { CycleMetricsTotal, CycleRecord, CycleTotals } from "./cycle-ledger.ts";
export type { IterationRecord } from "./history-window.ts";
export type { IterationTimes } from "./iteration-times.ts";
