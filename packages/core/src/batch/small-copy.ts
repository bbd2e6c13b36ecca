import { isProxy } from "node:util/types";

/** Most objects and lists in a value that is small, and most items of a list in it. */
const MOST = 8;

const OTHER: unique symbol = Symbol("other");

/**
 * A copy of a small value, of plain objects and short lists that hold primitives or more of them: as structured clone
 * gives it, at a tenth of the price. `undefined` for whatever is not sure to be one, shared and cyclic parts included.
 */
export function smallCopy<T extends object>(value: T): T | undefined {
  try {
    const copy = copyOf(value, []);
    return copy === OTHER ? undefined : (copy as T);
  } catch {
    return undefined; // an accessor threw: whoever looks closer says where
  }
}

function copyOf(value: object, seen: object[]): unknown {
  if (seen.length === MOST || seen.includes(value)) return OTHER;
  const keys = keysOf(value);
  if (keys === undefined) return OTHER;
  seen.push(value);
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as never) : {};
  for (const key of keys) {
    const part: unknown = (value as Record<string, unknown>)[key];
    const carried = isObject(part) ? copyOf(part, seen) : carriedAsIs(part);
    if (carried === OTHER) return OTHER;
    copy[key] = carried;
  }
  return copy;
}

/** The keys of a plain object or of a list without holes; none of anything else, which a Proxy may pass itself off as. */
function keysOf(value: object): string[] | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isList = prototype === Array.prototype;
  if ((!isList && prototype !== Object.prototype) || isProxy(value)) return undefined;
  if (isList !== Array.isArray(value) || (isList && (value as unknown[]).length > MOST)) return undefined;
  const keys = Object.keys(value);
  if (isList && !isDense(value as unknown[], keys)) return undefined;
  return keys.includes("__proto__") || Object.getOwnPropertySymbols(value).length > 0 ? undefined : keys;
}

function isDense(list: readonly unknown[], keys: readonly string[]): boolean {
  return keys.length === list.length && keys.every((key, at) => key === String(at));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function carriedAsIs(value: unknown): unknown {
  return typeof value === "function" || typeof value === "symbol" ? OTHER : value;
}
