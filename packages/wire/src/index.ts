// Errors
export { ERROR_CODES } from "./error-codes.ts";
export type { ErrorCode, ErrorText } from "./error-codes.ts";
export { hasCode, PolyloomError } from "./error.ts";
export type { CodedError, ErrorDetails, PolyloomErrorOptions } from "./error.ts";

// Where a node is defined, and how another process finds it
export { callerReference, moduleUrl } from "./node-reference.ts";
export type { CallerReference, NodeReference } from "./node-reference.ts";
export { collectNodes, isCollecting, registerNode } from "./registry.ts";
export type { CollectedNodes } from "./registry.ts";
