import { buildError, define, isBuiltinErrorName } from "./builtin-error.ts";
import type { SerializedError, SerializedErrorObject } from "./serialized-error.ts";

interface Walk {
  readonly errors: Error[];
  readonly depth: number;
}

type Fields<Shape> = { readonly [Key in keyof Shape]?: unknown };

// What serializeError writes is far flatter, unless told otherwise; a stranger could write more.
const MAX_DEPTH = 256;

/**
 * What serializeError was given: an error of the built-in class, with everything that was kept and
 * `droppedProperties` naming the rest; a plain value as it was; for other values an error named
 * NotAnError with the text. Takes any data from a stranger, and never throws.
 */
export function deserializeError(serialized: SerializedError): unknown {
  return revive({ errors: [], depth: 0 }, serialized);
}

function revive(walk: Walk, serialized: unknown): unknown {
  const fields = fieldsOf(serialized);
  if (fields["kind"] === "value") return fields["value"];
  if (fields["kind"] === "text") return buildError("Error", textOf(fields["text"]), "NotAnError");
  if (fields["kind"] === "seen") return walk.errors[Number(fields["index"])] ?? unknownForm();
  const isError = fields["kind"] === "error" && walk.depth < MAX_DEPTH;
  return isError ? reviveError({ ...walk, depth: walk.depth + 1 }, fields) : unknownForm();
}

function reviveError(walk: Walk, fields: Fields<SerializedErrorObject>): Error {
  const base = isBuiltinErrorName(fields.base) ? fields.base : "Error";
  const error = buildError(base, textOf(fields.message), textOf(fields.name));
  walk.errors.push(error);
  // Never the stack of this place, which says nothing about the error.
  define(error, "stack", textOf(fields.stack ?? `${error.name}: ${error.message}`));
  if (fields.cause !== undefined) define(error, "cause", revive(walk, fields.cause));
  if (Array.isArray(fields.errors)) define(error, "errors", reviveAll(walk, fields.errors));
  reviveProperties(walk, error, fields.properties);
  if (Array.isArray(fields.dropped)) setProperty(error, "droppedProperties", fields.dropped);
  return error;
}

function reviveAll(walk: Walk, errors: readonly unknown[]): unknown[] {
  return errors.map((error) => revive(walk, error));
}

function reviveProperties(walk: Walk, error: Error, properties: unknown): void {
  if (!Array.isArray(properties)) return;
  for (const property of properties) {
    if (!Array.isArray(property)) continue;
    const [key, value] = property as [unknown, unknown];
    const revived = revive(walk, value);
    if (typeof key === "string" && key !== "__proto__") setProperty(error, key, revived);
  }
}

// Defined, not assigned: no setter of a prototype is called.
function setProperty(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function unknownForm(): Error {
  return buildError("Error", "An error arrived in a form that is not known here.", "NotAnError");
}
