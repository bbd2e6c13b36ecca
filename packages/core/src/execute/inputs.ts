import { readPath } from "../define/read-path.ts";
import type { SourcePlan } from "../plan/plan.ts";

/** The outputs of each step; `undefined` for a step without any. */
export type Outputs = (Record<string, unknown> | undefined)[];

/** The value of a source; `undefined` means dead (S3). */
export function resolve(source: SourcePlan, outputs: Outputs): unknown {
  switch (source.kind) {
    case "reference": {
      const { path } = source;
      const value = outputs[source.step]?.[path[0] as string];
      return path.length === 1 ? value : readPath(value, path, 1);
    }
    case "literal":
      return source.value;
    case "first":
      return resolveFirst(source.of, outputs);
    case "template":
      return source.list ? resolveList(source.entries, outputs) : resolveObject(source.entries, outputs);
  }
}

function resolveFirst(of: readonly SourcePlan[], outputs: Outputs): unknown {
  for (const each of of) {
    const value = resolve(each, outputs);
    if (value !== undefined) return value;
  }
  return undefined;
}

type Entries = Extract<SourcePlan, { kind: "template" }>["entries"];

/** One dead reference inside a literal makes the whole dead; an `undefined` that the user wrote stays. */
function resolveList(entries: Entries, outputs: Outputs): unknown {
  const list: unknown[] = [];
  for (const [, source] of entries) {
    const value = resolve(source, outputs);
    if (value === undefined && source.kind !== "literal") return undefined;
    list.push(value);
  }
  return list;
}

function resolveObject(entries: Entries, outputs: Outputs): unknown {
  const object: Record<string, unknown> = {};
  for (const [key, source] of entries) {
    const value = resolve(source, outputs);
    if (value === undefined && source.kind !== "literal") return undefined;
    // Assigning to `__proto__` would change the prototype; defining makes it plain data (V4).
    if (key === "__proto__")
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    else object[key] = value;
  }
  return object;
}
