import types from "node:util/types";

import type { PathKey } from "./value-path.ts";

/** One container on the way into a value, its children, and the index of the next one. */
export interface Level {
  readonly value: unknown;
  readonly kind: "root" | "array" | "object" | "error" | "map" | "set";
  readonly children: readonly unknown[];
  next: number;
}

/** What stands for a child whose accessor threw. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

// Past this, an array is more likely sparse than full, and its keys are fewer than its indices.
const LONG_ARRAY = 2 ** 24;

/** The level above a value, whose only child is that value. */
export function rootLevel(value: unknown): Level {
  return { value: undefined, kind: "root", children: [value], next: 0 };
}

/** The level of a container's children, in order; a Map's are its keys and values in turn. */
export function openLevel(value: object): Level {
  const kind = kindOf(value);
  return { value, kind, children: childrenOf(kind, value), next: 0 };
}

/** The step from a level to its child, as path keys; none from the root. */
export function stepTo(level: Level, index: number): PathKey[] {
  if (level.kind === "root") return [];
  if (level.kind === "array") return [index];
  if (level.kind === "error") return ["cause"];
  if (level.kind === "set") return [{ call: "values()" }, index];
  if (level.kind === "map") return stepIntoMap(level, index);
  return [Object.keys(level.value as object)[index] ?? "?"];
}

function kindOf(value: object): Level["kind"] {
  if (Array.isArray(value)) return value.length <= LONG_ARRAY ? "array" : "object";
  if (types.isMap(value)) return "map";
  if (types.isSet(value)) return "set";
  return types.isNativeError(value) ? "error" : "object";
}

function childrenOf(kind: Level["kind"], value: object): readonly unknown[] {
  if (kind === "array") return value as unknown[];
  if (kind === "map") return [...(value as Map<unknown, unknown>)].flat(1);
  if (kind === "set") return [...(value as Set<unknown>)];
  // Structured clone carries nothing else that an error owns and that could be an object.
  if (kind === "error") return Object.hasOwn(value, "cause") ? [read(value, "cause")] : [];
  return ArrayBuffer.isView(value) ? [] : propertiesOf(value);
}

function propertiesOf(value: object): readonly unknown[] {
  try {
    return Object.values(value);
  } catch {
    return Object.keys(value).map((key) => read(value, key));
  }
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

function stepIntoMap(level: Level, index: number): PathKey[] {
  if (index % 2 === 0) return [{ call: "keys()" }, index / 2];
  const key = level.children[index - 1];
  const text = typeof key === "string" ? JSON.stringify(key) : String(key);
  return [{ call: `get(${typeof key === "object" ? "…" : text.slice(0, 80)})` }];
}
