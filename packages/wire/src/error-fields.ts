import types from "node:util/types";

import { isDomException } from "./builtin-error.ts";
import { attempt } from "./thrown-text.ts";

/** Whether a value is an error, also one of another realm; never throws, and no Proxy is. */
export function isError(value: unknown): value is object {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  try {
    return types.isNativeError(value) || value instanceof Error || isDomException(value);
  } catch {
    return false;
  }
}

/** A field that is a string, shortened; undefined if it is not, or cannot be read. */
export function textField(error: object, key: string): string | undefined {
  return attempt(() => get(error, key));
}

/** The value of an own field, boxed; undefined if there is none, or it cannot be read. */
export function ownField(error: object, key: string): { readonly value: unknown } | undefined {
  try {
    return Object.hasOwn(error, key) ? { value: get(error, key) } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a key is one of those that every error may have, and not a property of its own. */
export function isHandledKey(error: object, key: string): boolean {
  if (key === "errors") return Array.isArray(ownField(error, key)?.value);
  return key === "name" || key === "message" || key === "stack" || key === "cause";
}

function get(error: object, key: string): unknown {
  return (error as Record<string, unknown>)[key];
}
