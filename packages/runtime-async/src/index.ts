export { AsyncRuntime } from "./async-runtime.ts";
export type { AsyncRuntimeOptions } from "./async-runtime.ts";
