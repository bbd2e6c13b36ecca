export { TestingRuntime } from "./testing-runtime.ts";
export type { TestingRuntimeOptions } from "./testing-options.ts";
export { items, sequence } from "./response.ts";
export type {
  ItemHandle,
  ItemOf,
  NodeResponse,
  ResponseCall,
  Sequence,
  Target,
  UntypedInputs,
  UntypedResponse,
} from "./response.ts";
export type { NodeCall } from "./call-log.ts";
