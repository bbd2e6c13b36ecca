import types from "node:util/types";

import { isPlainObject } from "./plain-object.ts";
import { UNREADABLE } from "./value-level.ts";

/** Whether a value is a primitive that structured clone carries, so all but a symbol. */
export function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return value === null || (type !== "object" && type !== "function" && type !== "symbol");
}

/** Why an object, function or symbol itself cannot move, in words; undefined if it can. */
export function refusal(value: unknown): string | undefined {
  if (value === UNREADABLE) return "an accessor that throws";
  if (typeof value === "symbol") return "a symbol";
  if (types.isProxy(value)) return "a Proxy";
  if (typeof value === "function") return "a function";
  return refuseObject(value as object);
}

function refuseObject(value: object): string | undefined {
  if (Object.getPrototypeOf(value) === Array.prototype || isPlainObject(value)) {
    return refusePlain(value);
  }
  if (types.isNativeError(value)) return undefined;
  const expected = prototypesOf(value);
  return expected > 0 && countPrototypes(value) === expected ? undefined : nameInstance(value);
}

function refusePlain(value: object): string | undefined {
  if (types.isModuleNamespaceObject(value)) return "a module";
  const symbols = Object.getOwnPropertySymbols(value);
  const isLost = symbols.some((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return isLost ? "an object with a symbol as key" : undefined;
}

// A subclass of a built-in class loses itself on the way, and has one prototype more.
function prototypesOf(value: object): number {
  if (Buffer.isBuffer(value)) return 4;
  if (types.isTypedArray(value)) return 3;
  const isBuiltIn =
    Array.isArray(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isDataView(value);
  return isBuiltIn ? 2 : 0;
}

function countPrototypes(value: object): number {
  let count = 0;
  let prototype: object | null = Object.getPrototypeOf(value);
  for (; prototype; prototype = Object.getPrototypeOf(prototype)) count++;
  return count;
}

function nameInstance(value: object): string {
  const name = constructorName(value);
  if (types.isPromise(value)) return "a Promise, which wants an await";
  return name ? `an instance of ${name}` : "an instance of a class";
}

function constructorName(value: object): string | undefined {
  try {
    const name: unknown = value.constructor.name;
    return typeof name === "string" ? name.slice(0, 80) : undefined;
  } catch {
    return undefined;
  }
}
