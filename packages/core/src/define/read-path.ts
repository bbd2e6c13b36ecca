import type { PathKey } from "./reference.ts";

/** Reads inside a value by own properties only; `undefined` where the path ends early (dead, S3). */
export function readPath(value: unknown, path: readonly PathKey[], from = 0): unknown {
  let current = value;
  for (let i = from; i < path.length; i++) {
    if (current === null || current === undefined) return undefined;
    current = readKey(current, path[i]!);
  }
  return current;
}

function readKey(value: object | {}, key: PathKey): unknown {
  if (typeof key === "number") return at(value as ArrayLike<unknown>, key);
  return Object.hasOwn(value, key) || (key === "length" && ArrayBuffer.isView(value))
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function at(list: ArrayLike<unknown>, index: number): unknown {
  const isList = Array.isArray(list) || ArrayBuffer.isView(list) || typeof list === "string";
  return isList ? list[index < 0 ? list.length + index : index] : undefined;
}
