import { z } from "zod";
import type * as core from "zod/v4/core";

interface Parts {
  readonly type: string;
  readonly shape?: Readonly<Record<string, core.$ZodType>>;
  readonly catchall?: core.$ZodType;
  readonly element?: core.$ZodType;
  readonly innerType?: core.$ZodType;
  readonly defaultValue?: unknown;
  readonly options?: readonly core.$ZodType[];
}

interface Json {
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
}

/**
 * Makes plain objects of those that JSON Schema left open by saying nothing: `toJSONSchema` writes a plain `z.object`
 * without `additionalProperties`, and `fromJSONSchema` reads that as loose.
 */
export function closed(schema: core.$ZodType, json: Json): z.ZodType {
  const def = schema._zod.def as Parts;
  if (def.type === "object" && json.additionalProperties === undefined)
    return z.object(
      Object.fromEntries(
        Object.entries(def.shape!).map(([key, part]) => [key, closed(part, json.properties?.[key] ?? {})]),
      ),
    );
  if (def.type === "array") return z.array(closed(def.element!, json.items ?? {})).check(...checksOf(schema));
  if (def.type === "optional") return closed(def.innerType!, json).optional();
  if (def.type === "nullable") return closed(def.innerType!, json.anyOf?.[0] ?? json).nullable();
  if (def.type === "default") return closed(def.innerType!, json).default(def.defaultValue as never);
  if (def.type === "union" && json.anyOf?.length === def.options?.length)
    return z.union(def.options!.map((option, index) => closed(option, json.anyOf![index]!)));
  return schema as z.ZodType;
}

function checksOf(schema: core.$ZodType): core.$ZodCheck<unknown[]>[] {
  return (schema._zod.def.checks ?? []) as unknown as core.$ZodCheck<unknown[]>[];
}
