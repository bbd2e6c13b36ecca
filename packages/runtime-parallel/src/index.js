export { ParallelRuntime } from "./parallel-runtime.js";
