// Errors
export { ERROR_CODES } from "./error-codes.ts";
export type { ErrorCode, ErrorText } from "./error-codes.ts";
export { hasCode, PolyloomError } from "./error.ts";
export type { CodedError, ErrorDetails, PolyloomErrorOptions } from "./error.ts";
export { serializeError } from "./serialized-error.ts";
export type { SerializedError, SerializedErrorObject, SerializeErrorLimits } from "./serialized-error.ts";
export { deserializeError } from "./revived-error.ts";

// Where a node is defined, and how another process finds it
export { callerReference, moduleUrl } from "./node-reference.ts";
export type { CallerReference, NodeReference } from "./node-reference.ts";
export { collectNodes, findNode, isCollecting, registerNode } from "./registry.ts";
export type { CollectedNodes } from "./registry.ts";

// Values that move between processes
export { assertTransferable, findUntransferable } from "./transferable.ts";
export type { Untransferable } from "./transferable.ts";
export { movableBuffers } from "./movable-buffers.ts";
export { deepFreeze } from "./deep-freeze.ts";
export { formatPath } from "./value-path.ts";
export type { PathKey } from "./value-path.ts";

// Values as bytes, and bytes in a stream
export { decode, encode } from "./codec.ts";
export type { EncodeOptions } from "./codec.ts";
export { estimateBytes } from "./size-estimate.ts";
export { DEFAULT_MAX_FRAME_BYTES, encodeFrame, FrameParser } from "./frame.ts";
export type { FrameLimit } from "./frame.ts";
