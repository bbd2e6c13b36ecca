export { memorySize } from "./memory-size.js";
export { ParallelRuntime } from "./parallel-runtime.js";
