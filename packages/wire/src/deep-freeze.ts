import types from "node:util/types";

import { isPlainObject } from "./plain-object.ts";

/**
 * Freezes plain objects and arrays in place, at any depth, and gives the value back. Maps, Sets,
 * Dates and bytes cannot be frozen: they stay as they are, but what Maps and Sets hold is frozen.
 */
export function deepFreeze<Value>(value: Value): Value {
  const seen = new Set<object>();
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    freezeOne(next, pending);
  }
  return value;
}

function freezeOne(value: object, pending: unknown[]): void {
  if (types.isProxy(value) || ArrayBuffer.isView(value)) return;
  if (types.isMap(value)) queue(pending, [...value.keys(), ...value.values()]);
  else if (types.isSet(value)) queue(pending, [...value]);
  else if (Array.isArray(value) || isPlainObject(value)) {
    queue(pending, Object.values(value));
    Object.freeze(value);
  }
}

// Not push(...items): a large array would overflow the stack as arguments.
function queue(pending: unknown[], items: readonly unknown[]): void {
  for (const item of items) if (typeof item === "object") pending.push(item);
}
