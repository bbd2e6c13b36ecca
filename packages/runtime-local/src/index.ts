export { LocalRuntime } from "./local-runtime.ts";
