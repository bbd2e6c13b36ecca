import { describe, expect, test } from "vitest";

import { decode, encode } from "./codec.ts";
import { deserializeError } from "./revived-error.ts";
import { serializeError, type SerializedError } from "./serialized-error.ts";

// The whole way: to data, to bytes, and back.
const crossError = (thrown: unknown): Error & Record<string, unknown> =>
  deserializeError(decode(encode(serializeError(thrown))) as SerializedError) as Error & Record<string, unknown>;

describe("hostile errors", () => {
  test("what cannot be kept is dropped, and named by its path", () => {
    const error = Object.assign(new Error("x"), {
      kept: 1,
      socket: () => 1,
      request: { rows: [{ fn: () => 1 }] },
      shared: new SharedArrayBuffer(1),
      large: "x".repeat(2_000_000),
      get trap() {
        return 1;
      },
    });
    Object.defineProperty(error, "trap", {
      get: () => {
        throw new Error("trap");
      },
    });
    const copy = crossError(error);
    expect(copy["kept"]).toBe(1);
    const dropped = ["socket", "request.rows[0].fn", "shared", "large", "trap"];
    expect(copy["droppedProperties"]).toEqual(dropped);
  });

  test.each(["name", "message", "stack", "cause", "errors", "constructor"])(
    "an accessor %s that throws is survived",
    (key) => {
      const error = new Error("x");
      Object.defineProperty(error, key, {
        get: () => {
          throw new Error("trap");
        },
      });
      expect(crossError(error)).toBeInstanceOf(Error);
    },
  );

  test("fields of other types, and a tag that throws, are survived", () => {
    const error = Object.assign(new Error("x"), { name: 1, message: Symbol("m"), stack: [] });
    Object.defineProperty(error, Symbol.toStringTag, {
      get: () => {
        throw new Error("trap");
      },
    });
    expect(crossError(error)).toMatchObject({ name: "Error", message: "" });
  });

  test("errors in a Proxy or behind accessors are survived", () => {
    const trap = {
      get: () => {
        throw new Error("trap");
      },
    };
    for (const errors of [new Proxy([], trap), Object.defineProperty([1], 0, trap)]) {
      expect(crossError(Object.assign(new Error("x"), { errors }))).toBeInstanceOf(Error);
    }
  });

  test("no key reaches a prototype", () => {
    const error = new Error("x");
    const value = { polluted: true };
    Object.defineProperty(error, "__proto__", { value, enumerable: true });
    Object.defineProperty(error, "constructor", { value, enumerable: true });
    const copy = crossError(error);
    expect(Object.getPrototypeOf(copy)).toBe(Error.prototype);
    expect(copy["droppedProperties"]).toEqual(["__proto__"]);
    expect({ ...copy }).toMatchObject({ constructor: value });
    expect(new Error("y")).not.toHaveProperty("polluted");
  });

  test("a long message and a thousand properties are cut", () => {
    const error = new Error("x".repeat(1e6));
    for (let index = 0; index < 1000; index++) Object.assign(error, { [`key${index}`]: index });
    const copy = crossError(error);
    expect(copy.message).toMatch(/… \(1000000 characters\)$/);
    expect(copy["key255"]).toBe(255);
    expect(copy["droppedProperties"]).toEqual(["744 more"]);
  });
});
