import { types } from "node:util";

import type { PathKey } from "./value-path.ts";

/** One container on the way into a value, and the index of its next child. */
export interface Level {
  readonly value: unknown;
  readonly kind: "root" | "array" | "object" | "map" | "set" | "leaf";
  readonly items: readonly unknown[];
  readonly keys: readonly string[] | undefined;
  readonly size: number;
  next: number;
}

/** What stands for a child whose accessor threw. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

// Past this, an array is more likely sparse than full, and its keys are fewer than its indices.
const LONG_ARRAY = 2 ** 24;

/** The level above a value, whose only child is that value. */
export function closedLevel(value: unknown): Level {
  return { value: undefined, kind: "root", items: [value], keys: undefined, size: 1, next: 0 };
}

/** The level of a container's children, in order; a Map's are its keys and values in turn. */
export function openLevel(value: object): Level {
  if (Array.isArray(value) && value.length <= LONG_ARRAY) return listLevel("array", value, value);
  if (types.isMap(value)) return listLevel("map", value, [...value].flat(1));
  if (types.isSet(value)) return listLevel("set", value, [...value]);
  if (types.isNativeError(value)) return keyedLevel(value, causeKey(value));
  if (isLeaf(value)) return listLevel("leaf", value, []);
  return keyedLevel(value, Object.keys(value));
}

/** A child by its index, or UNREADABLE. */
export function childAt(level: Level, index: number): unknown {
  if (!level.keys) return level.items[index];
  try {
    return (level.value as Record<string, unknown>)[level.keys[index] as string];
  } catch {
    return UNREADABLE;
  }
}

/** The step from a level to a child, as one path key, or none from the root. */
export function pathKey(level: Level, index: number): PathKey[] {
  if (level.keys) return [level.keys[index] as string];
  if (level.kind === "root") return [];
  if (level.kind === "array") return [index];
  if (level.kind === "set") return [{ call: "values()" }, index];
  const isKey = index % 2 === 0;
  return isKey ? [{ call: "keys()" }, index / 2] : [{ call: `get(${show(level.items[index - 1])})` }];
}

function listLevel(kind: Level["kind"], value: object, items: readonly unknown[]): Level {
  return { value, kind, items, keys: undefined, size: items.length, next: 0 };
}

function keyedLevel(value: object, keys: readonly string[]): Level {
  return { value, kind: "object", items: [], keys, size: keys.length, next: 0 };
}

// Structured clone carries nothing else that an error owns and that could be an object.
function causeKey(error: Error): string[] {
  return Object.hasOwn(error, "cause") ? ["cause"] : [];
}

function isLeaf(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isDate(value) || types.isRegExp(value);
}

function show(key: unknown): string {
  return typeof key === "object" ? "…" : typeof key === "string" ? JSON.stringify(key) : String(key);
}
