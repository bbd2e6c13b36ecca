import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decode, encode } from "./codec.ts";
import { hasCode, PolyloomError } from "./error.ts";
import { deserializeError } from "./revived-error.ts";
import { serializeError, type SerializedError } from "./serialized-error.ts";

// The whole way: to data, to bytes, and back.
const cross = (thrown: unknown): unknown => deserializeError(decode(encode(serializeError(thrown))) as SerializedError);

const crossError = (thrown: unknown): Error & Record<string, unknown> =>
  cross(thrown) as Error & Record<string, unknown>;

describe("errors", () => {
  test("any name, message and properties arrive", () => {
    const names = fc.constantFrom("Error", "TypeError", "ParseError", "", "AbortError");
    const properties = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue());
    fc.assert(
      fc.property(names, fc.string(), properties, (name, message, more) => {
        const error = Object.assign(new Error(message), withoutTaken(more));
        error.name = name;
        const copy = crossError(error);
        expect(copy).toBeInstanceOf(Error);
        expect([copy.name, copy.message, copy.stack]).toEqual([name, message, error.stack]);
        expect(own(copy)).toEqual(own(error));
      }),
    );
  });

  test.each([EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])("%o arrives as one", (Class) => {
    const copy = crossError(new Class("x"));
    expect(copy).toBeInstanceOf(Class);
    expect(Object.hasOwn(copy, "name")).toBe(false);
  });

  test("an error of a user's class arrives as the built-in class below it, by its name", () => {
    class ParseError extends SyntaxError {
      override name = "ParseError";
      readonly position = { line: 3 };
    }
    const copy = crossError(new ParseError("x"));
    expect(copy).toBeInstanceOf(SyntaxError);
    expect(copy).toMatchObject({ name: "ParseError", message: "x", position: { line: 3 } });
  });

  test("a Polyloom error keeps its code and details", () => {
    const copy = cross(new PolyloomError("node_failed", "It failed.", { details: { limit: 3n } }));
    expect(hasCode(copy, "node_failed") && copy.details).toEqual({ limit: 3n });
    expect((copy as Error).name).toBe("PolyloomError");
  });

  test("a system error keeps its fields", async () => {
    const thrown: unknown = await import("node:fs").then((fs) => attempt(() => fs.readFileSync("/none")));
    expect(crossError(thrown)).toMatchObject({ code: "ENOENT", syscall: "open", path: "/none" });
  });

  test("a DOMException arrives as one", () => {
    const thrown: unknown = attempt(() => AbortSignal.abort().throwIfAborted());
    const copy = crossError(thrown);
    expect(copy).toBeInstanceOf(DOMException);
    expect(copy).toMatchObject({ name: "AbortError", code: DOMException.ABORT_ERR });
    expect(copy.stack).toBe((thrown as Error).stack);
  });

  test("what built-in errors hide from enumeration stays hidden", () => {
    const copy = crossError(new Error("x", { cause: 1 }));
    expect(Object.keys(copy)).toEqual([]);
    expect(copy.cause).toBe(1);
  });
});

describe("causes and errors", () => {
  test("causes arrive, undefined too, and none where there was none", () => {
    expect(crossError(new Error("x", { cause: new TypeError("y") })).cause).toBeInstanceOf(TypeError);
    expect("cause" in crossError(new Error("x", { cause: undefined }))).toBe(true);
    expect("cause" in crossError(new Error("x"))).toBe(false);
  });

  test("cyclic causes stay cyclic, and shared ones shared", () => {
    const shared = new Error("shared");
    const error = new Error("x", { cause: new Error("y") });
    (error.cause as Error).cause = error;
    const copy = crossError(Object.assign(new AggregateError([error, shared, shared]), { shared }));
    const [first, second, third] = copy["errors"] as Error[];
    expect((first!.cause as Error).cause).toBe(first);
    expect(second).toBe(third);
    expect(copy["shared"]).toBe(second);
  });

  test("errors of an AggregateError, and of any other error that has them, arrive", () => {
    const errors = [new TypeError("a"), "b", undefined];
    expect(cross(new AggregateError(errors, "all"))).toBeInstanceOf(AggregateError);
    const copy = crossError(Object.assign(new Error("x"), { errors }));
    expect(copy["errors"]).toEqual([new TypeError("a"), "b", undefined]);
    expect((copy["errors"] as unknown[])[0]).toBeInstanceOf(TypeError);
  });

  test("depth and number are bounded", () => {
    let chain = new Error("innermost");
    for (let depth = 0; depth < 50_000; depth++) chain = new Error("outer", { cause: chain });
    expect(JSON.stringify(serializeError(chain)).match(/"kind":"error"/g)).toHaveLength(16);
    const many = new AggregateError(Array.from({ length: 5000 }, () => new Error("one")));
    expect(JSON.stringify(serializeError(many)).match(/"kind":"error"/g)).toHaveLength(100);
    expect((crossError(chain).cause as Error).message).toBe("outer");
  });
});

describe("what is no error", () => {
  test.each([undefined, null, "text", 0, NaN, 10n, true, { code: "x" }, [1, new Map([[1, 2]])]])(
    "%o arrives as it was",
    (thrown) => {
      expect(cross(thrown)).toStrictEqual(thrown);
    },
  );

  test.each<[unknown, string]>([
    [Symbol("halt"), "Symbol(halt)"],
    [function halt() {}, "function halt"],
    [new (class Halt {})(), "an instance of Halt"],
    [new Proxy(new Error("x"), {}), "Error: x"],
    [
      {
        toString: () => {
          throw new Error("hostile");
        },
      },
      "object",
    ],
    ["x".repeat(2_000_000), "xxx"],
  ])("%#: arrives as an error with a text", (thrown, text) => {
    const copy = crossError(thrown);
    expect(copy).toMatchObject({ name: "NotAnError" });
    expect(copy.message).toContain(text);
    expect(copy.message.length).toBeLessThan(66_000);
  });
});

const TAKEN = new Set(["name", "message", "stack", "cause", "errors", "__proto__"]);

function withoutTaken(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !TAKEN.has(key)));
}

function own(error: Error): Record<string, unknown> {
  return withoutTaken(Object.fromEntries(Object.entries(error)));
}

function attempt(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
