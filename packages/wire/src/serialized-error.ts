import { builtinNameOf, type BuiltinErrorName } from "./builtin-error.ts";
import { decode, encode } from "./codec.ts";
import { isError, isHandledKey, ownField, textField } from "./error-fields.ts";
import { describeThrown } from "./thrown-text.ts";
import { findUntransferable } from "./transferable.ts";

/** An error as plain data; `base` is the built-in class to make it of again. */
export interface SerializedErrorObject {
  readonly kind: "error";
  readonly base: BuiltinErrorName;
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
  /** Own properties, as pairs so that no key can reach a prototype. */
  readonly properties?: readonly (readonly [key: string, value: SerializedError])[];
  /** Paths of own properties that could not be kept. */
  readonly dropped?: readonly string[];
}

/**
 * Anything thrown, as data that encode takes: an error; a plain value; the text of a value that
 * cannot move; or an error seen before, by its number in the order of first sight.
 */
export type SerializedError =
  | SerializedErrorObject
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "seen"; readonly index: number };

/** The bounds of a serialised error: causes in causes, errors in all, bytes of all properties. */
export interface SerializeErrorLimits {
  readonly maxDepth?: number;
  readonly maxErrors?: number;
  readonly maxBytes?: number;
}

interface Walk {
  readonly seen: Map<unknown, number>;
  readonly maxDepth: number;
  readonly maxErrors: number;
  bytesLeft: number;
}

const MAX_PROPERTIES = 256;

/**
 * Anything thrown as plain data; never throws. Keeps name, message, stack, cause, errors and own
 * properties; what cannot be kept is named in `dropped`. The bounds are a depth of 16, 100 errors
 * and 1 MiB of properties unless set, and 65,536 characters for a message or stack.
 */
export function serializeError(thrown: unknown, limits: SerializeErrorLimits = {}): SerializedError {
  const { maxDepth = 16, maxErrors = 100, maxBytes = 1024 * 1024 } = limits;
  try {
    return visit({ seen: new Map(), maxDepth, maxErrors, bytesLeft: maxBytes }, thrown, 0);
  } catch {
    return textOf(thrown);
  }
}

function visit(walk: Walk, thrown: unknown, depth: number): SerializedError {
  if (!isError(thrown)) return keepValue(walk, thrown) ?? textOf(thrown);
  const index = walk.seen.get(thrown);
  if (index !== undefined) return { kind: "seen", index };
  if (depth >= walk.maxDepth || walk.seen.size >= walk.maxErrors) return textOf(thrown);
  walk.seen.set(thrown, walk.seen.size);
  return visitError(walk, thrown, depth + 1);
}

function keepValue(walk: Walk, value: unknown): SerializedError | undefined {
  try {
    if (findUntransferable(value)) return undefined;
    const bytes = encode(value, { maxBytes: walk.bytesLeft });
    walk.bytesLeft -= bytes.byteLength;
    // A copy, so that nothing changes or fails between here and the encoding of the whole.
    return { kind: "value", value: decode(bytes) };
  } catch {
    return undefined;
  }
}

function textOf(thrown: unknown): SerializedError {
  return { kind: "text", text: describeThrown(thrown) };
}

// Causes first, then errors, then properties: deserializeError counts errors in this order.
function visitError(walk: Walk, error: object, depth: number): SerializedErrorObject {
  const name = textField(error, "name") ?? "Error";
  const stack = textField(error, "stack");
  const cause = ownField(error, "cause");
  const errors = ownField(error, "errors");
  return {
    kind: "error",
    base: builtinNameOf(error, name),
    name,
    message: textField(error, "message") ?? "",
    ...(stack !== undefined && { stack }),
    ...(cause && { cause: visit(walk, cause.value, depth) }),
    ...(Array.isArray(errors?.value) && { errors: visitAll(walk, errors.value, depth) }),
    ...visitProperties(walk, error, depth),
  };
}

function visitAll(walk: Walk, errors: readonly unknown[], depth: number): SerializedError[] {
  return errors.slice(0, walk.maxErrors).map((error) => visit(walk, error, depth));
}

type Properties = Pick<SerializedErrorObject, "properties" | "dropped">;

function visitProperties(walk: Walk, error: object, depth: number): Properties {
  const properties: [string, SerializedError][] = [];
  const dropped: string[] = [];
  const keys = Object.getOwnPropertyNames(error).filter((key) => !isHandledKey(error, key));
  for (const key of keys.slice(0, MAX_PROPERTIES)) {
    const kept = visitProperty(walk, error, key, depth);
    if (typeof kept === "string") dropped.push(kept);
    else properties.push([key, kept]);
  }
  if (keys.length > MAX_PROPERTIES) dropped.push(`${keys.length - MAX_PROPERTIES} more`);
  return { ...(properties.length > 0 && { properties }), ...(dropped.length > 0 && { dropped }) };
}

// The property, or the path of what stopped it.
function visitProperty(walk: Walk, error: object, key: string, depth: number): SerializedError | string {
  const property = ownField(error, key);
  if (!property || key === "__proto__") return key.slice(0, 200);
  if (isError(property.value)) return visit(walk, property.value, depth);
  return keepValue(walk, property.value) ?? findUntransferable(property.value, key)?.path ?? key;
}
