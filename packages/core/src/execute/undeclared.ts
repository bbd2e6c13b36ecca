import type * as z from "zod/v4/core";
import { partsOf } from "../define/schema.ts";

/** Paths of keys, at any depth, that the schema of an object does not declare (V4). */
export function undeclaredKeys(schema: z.$ZodType, value: unknown): PropertyKey[][] {
  return new KeySearch().search(schema, value);
}

/** Enough to see what is going on; a hostile value may have millions. */
const MOST = 100;

interface Parts {
  readonly type: string;
  readonly element?: z.$ZodType;
  readonly items?: readonly z.$ZodType[];
  readonly rest?: z.$ZodType | null;
  readonly valueType?: z.$ZodType;
}

/** One search: a part of a value is looked at once with each schema, however many alternatives lead there. */
class KeySearch {
  readonly #known: Map<z.$ZodType, WeakMap<object, PropertyKey[][]>> = new Map();

  search(schema: z.$ZodType, value: unknown): PropertyKey[][] {
    if (typeof value !== "object" || value === null) return [];
    const known = this.#known.get(schema)?.get(value);
    if (known !== undefined) return known;
    if (!this.#known.has(schema)) this.#known.set(schema, new WeakMap());
    // What holds itself has nothing to add to itself.
    this.#known.get(schema)!.set(value, []);
    const found = this.#look(schema, value);
    this.#known.get(schema)!.set(value, found);
    return found;
  }

  #look(schema: z.$ZodType, value: object): PropertyKey[][] {
    const def = schema._zod.def as Parts;
    if (!mayHold(def.type, value)) return [];
    switch (def.type) {
      case "object":
        return this.#object(schema as z.$ZodObject, value);
      case "array":
        return this.#list(() => def.element, value as readonly unknown[]);
      case "tuple":
        return this.#list((index) => def.items?.[index] ?? def.rest ?? undefined, value as readonly unknown[]);
      case "record":
        return Object.keys(value).flatMap((key) => this.#at(def.valueType, value, key));
      case "map":
        return [...(value as Map<unknown, unknown>)].flatMap(([key, item]) =>
          this.#below(def.valueType, item, textKey(key)),
        );
      case "set":
        return [...(value as Set<unknown>)].flatMap((item, index) => this.#below(def.valueType, item, index));
      case "union":
      case "intersection":
        return this.#alternatives(partsOf(schema), value);
      default: {
        const inner = partsOf(schema)[0];
        return inner === undefined ? [] : this.search(inner, value);
      }
    }
  }

  #object(schema: z.$ZodObject, value: object): PropertyKey[][] {
    const { shape, catchall } = schema._zod.def;
    return Object.keys(value).flatMap((key) => {
      if (Object.hasOwn(shape, key)) return this.#at(shape[key], value, key);
      return catchall === undefined ? [[key]] : this.#at(catchall, value, key);
    });
  }

  #list(elementOf: (index: number) => z.$ZodType | undefined, value: readonly unknown[]): PropertyKey[][] {
    const found: PropertyKey[][] = [];
    for (let index = 0; index < value.length && found.length < MOST; index++)
      if (typeof value[index] === "object")
        for (const path of this.#at(elementOf(index), value, index)) found.push(path);
    return found;
  }

  #at(schema: z.$ZodType | undefined, value: object, key: PropertyKey): PropertyKey[][] {
    return this.#below(schema, (value as Record<PropertyKey, unknown>)[key], key);
  }

  #below(schema: z.$ZodType | undefined, value: unknown, key: PropertyKey): PropertyKey[][] {
    if (schema === undefined) return [];
    const inside = this.search(schema, value);
    return inside.length === 0 ? inside : inside.map((path) => [key, ...path]);
  }

  /** A key counts only where no alternative declares it. */
  #alternatives(options: readonly z.$ZodType[], value: object): PropertyKey[][] {
    const fitting = options.filter(({ _zod }) => mayHold(_zod.def.type, value));
    const [first = [], ...rest] = fitting.map((option) => this.search(option, value));
    const others = rest.map((paths) => new Set(paths.map(textOf)));
    return first.filter((path) => others.every((other) => other.has(textOf(path))));
  }
}

/** Kinds that hold no object at all. */
const SCALARS = new Set(
  "string number int boolean bigint symbol null undefined void never nan date literal enum template_literal file".split(
    " ",
  ),
);

/** Whether a schema of this kind could have taken the value. */
function mayHold(type: string, value: object): boolean {
  if (type === "array" || type === "tuple") return Array.isArray(value);
  if (type === "map") return value instanceof Map;
  if (type === "set") return value instanceof Set;
  if (type === "object" || type === "record")
    return !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
  return !SCALARS.has(type);
}

function textKey(key: unknown): PropertyKey {
  return typeof key === "number" || typeof key === "string" ? key : typeof key;
}

function textOf(path: readonly PropertyKey[]): string {
  return path.map(String).join("\0");
}
