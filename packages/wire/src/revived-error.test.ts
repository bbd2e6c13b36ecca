import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { deserializeError } from "./revived-error.ts";
import type { SerializedError } from "./serialized-error.ts";

describe("deserializeError", () => {
  test("takes anything from a stranger", () => {
    const keys = ["kind", "base", "name", "message", "stack", "cause", "errors", "properties"];
    const values = fc.oneof(fc.constantFrom("error", "seen", "text", "__proto__"), fc.anything());
    const object = fc.dictionary(fc.constantFrom(...keys, "index", "dropped"), values);
    fc.assert(
      fc.property(fc.oneof(object, fc.anything()), (data) => {
        deserializeError(data as SerializedError);
        deserializeError({ ...(data as object), kind: "error" } as SerializedError);
      }),
    );
  });

  test("ends a chain that is deeper than serializeError makes", () => {
    let data: unknown = { kind: "value", value: 1 };
    for (let depth = 0; depth < 100_000; depth++) data = { kind: "error", cause: data };
    expect(deserializeError(data as SerializedError)).toBeInstanceOf(Error);
  });

  test("sets no prototype", () => {
    const properties = [["__proto__", { kind: "value", value: { polluted: true } }]];
    const data = { kind: "error", base: "__proto__", properties } as unknown as SerializedError;
    expect(Object.getPrototypeOf(deserializeError(data))).toBe(Error.prototype);
  });
});
