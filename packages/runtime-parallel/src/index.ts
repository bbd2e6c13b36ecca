export { memorySize } from "./memory-size.ts";
export { ParallelRuntime } from "./parallel-runtime.ts";
export type { ParallelRuntimeOptions } from "./parallel-options.ts";
export type { WorkerMetrics } from "./worker-usage.ts";
