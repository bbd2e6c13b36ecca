import type * as z from "zod/v4/core";
import { partsOf } from "../define/schema.ts";

/** Paths of keys, at any depth, that the schema of an object does not declare (V4). */
export function undeclaredKeys(schema: z.$ZodType, value: unknown): PropertyKey[][] {
  const found: PropertyKey[][] = [];
  search(schema, value, [], found);
  return found;
}

/** Enough to see what is going on; a hostile value may have millions. */
const MOST = 100;

function search(schema: z.$ZodType, value: unknown, path: PropertyKey[], found: PropertyKey[][]): void {
  if (typeof value !== "object" || value === null || found.length >= MOST) return;
  const def = schema._zod.def as {
    type: string;
    element?: z.$ZodType;
    items?: readonly z.$ZodType[];
    valueType?: z.$ZodType;
  };
  if (def.type === "object") return searchObject(schema as z.$ZodObject, value, path, found);
  if (def.type === "array" && Array.isArray(value)) return searchList(def.element!, value, path, found);
  if (def.type === "tuple" && Array.isArray(value))
    return void value.forEach((item, i) => def.items?.[i] && search(def.items[i], item, [...path, i], found));
  if (def.type === "record") return searchRecord(def.valueType!, value, path, found);
  if (def.type === "union" || def.type === "intersection") return searchAny(partsOf(schema), value, path, found);
  if (def.type === "map" || def.type === "set") return;
  const inner = partsOf(schema)[0];
  if (inner !== undefined) search(inner, value, path, found);
}

function searchObject(schema: z.$ZodObject, value: object, path: PropertyKey[], found: PropertyKey[][]): void {
  const { shape, catchall } = schema._zod.def;
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(shape, key)) search(shape[key]!, (value as Record<string, unknown>)[key], [...path, key], found);
    else if (catchall === undefined) found.push([...path, key]);
  }
}

function searchList(element: z.$ZodType, value: readonly unknown[], path: PropertyKey[], found: PropertyKey[][]): void {
  if (value.length === 0 || typeof value[0] !== "object") return;
  for (let i = 0; i < value.length && found.length < MOST; i++) search(element, value[i], [...path, i], found);
}

function searchRecord(valueType: z.$ZodType, value: object, path: PropertyKey[], found: PropertyKey[][]): void {
  for (const key of Object.keys(value))
    search(valueType, (value as Record<string, unknown>)[key], [...path, key], found);
}

/** Of alternatives, a key counts only where none of them declares it. */
function searchAny(options: readonly z.$ZodType[], value: object, path: PropertyKey[], found: PropertyKey[][]): void {
  const each = options.map((option) => {
    const inside: PropertyKey[][] = [];
    search(option, value, path, inside);
    return inside;
  });
  const objects = each.filter(
    (_, i) => options[i]!._zod.def.type !== "null" && options[i]!._zod.def.type !== "undefined",
  );
  const text = (keys: PropertyKey[]): string => keys.map(String).join("\0");
  const [first = [], ...rest] = objects;
  found.push(...first.filter((keys) => rest.every((others) => others.some((other) => text(other) === text(keys)))));
}
