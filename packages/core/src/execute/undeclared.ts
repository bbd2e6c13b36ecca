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
    if (def.type === "object") return this.#object(schema as z.$ZodObject, value);
    if (def.type === "array" && Array.isArray(value)) return this.#list(() => def.element, value);
    if (def.type === "tuple" && Array.isArray(value)) return this.#list((index) => def.items?.[index], value);
    if (def.type === "record") return Object.keys(value).flatMap((key) => this.#at(def.valueType, value, key));
    if (def.type === "union" || def.type === "intersection") return this.#alternatives(partsOf(schema), value);
    if (def.type === "map" || def.type === "set") return [];
    const inner = partsOf(schema)[0];
    return inner === undefined ? [] : this.search(inner, value);
  }

  #object(schema: z.$ZodObject, value: object): PropertyKey[][] {
    const { shape, catchall } = schema._zod.def;
    return Object.keys(value).flatMap((key) => {
      if (Object.hasOwn(shape, key)) return this.#at(shape[key], value, key);
      return catchall === undefined ? [[key]] : [];
    });
  }

  #list(elementOf: (index: number) => z.$ZodType | undefined, value: readonly unknown[]): PropertyKey[][] {
    const found: PropertyKey[][] = [];
    for (let index = 0; index < value.length && found.length < MOST; index++)
      if (typeof value[index] === "object") found.push(...this.#at(elementOf(index), value, index));
    return found;
  }

  #at(schema: z.$ZodType | undefined, value: object, key: PropertyKey): PropertyKey[][] {
    if (schema === undefined) return [];
    const inside = this.search(schema, (value as Record<PropertyKey, unknown>)[key]);
    return inside.length === 0 ? inside : inside.map((path) => [key, ...path]);
  }

  /** A key counts only where no alternative declares it. */
  #alternatives(options: readonly z.$ZodType[], value: object): PropertyKey[][] {
    const objects = options.filter(({ _zod }) => _zod.def.type !== "null" && _zod.def.type !== "undefined");
    const [first = [], ...rest] = objects.map((option) => this.search(option, value));
    const others = rest.map((paths) => new Set(paths.map(textOf)));
    return first.filter((path) => others.every((other) => other.has(textOf(path))));
  }
}

function textOf(path: readonly PropertyKey[]): string {
  return path.map(String).join("\0");
}
