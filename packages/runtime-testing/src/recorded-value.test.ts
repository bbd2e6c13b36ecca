import { expect, test } from "vitest";
import { fromRecorded, type RecordedValue, toRecorded } from "./recorded-value.ts";

function roundTrip(value: unknown): unknown {
  return fromRecorded(JSON.parse(JSON.stringify(toRecorded(value, "value"))) as RecordedValue);
}

test.each([
  ["plain data", { a: [1, "x", null, true, { b: -2.5e-9 }] }],
  ["undefined", { a: undefined, b: [undefined] }],
  ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0]],
  ["BigInt", { big: 2n ** 70n }],
  ["dates", [new Date(0), new Date(Number.NaN)]],
  ["a pattern", /a\/b/giu],
  ["a map and a set", new Map<unknown, unknown>([[{ k: 1 }, new Set([1, [2]])]])],
  ["typed arrays", [new Float64Array([1, Number.NaN]), new BigInt64Array([-5n]), new Uint8ClampedArray([300])]],
  ["bytes", { buffer: new Uint8Array([1, 2]).buffer, view: new DataView(new ArrayBuffer(2)), node: Buffer.from("ab") }],
  ["keys that look like tags", { $date: 1, plain: { $map: [] } }],
])("%s comes back equal", (_name, value) => {
  expect(roundTrip(value)).toStrictEqual(value);
});

test("a view of a part of its buffer comes back as that part", () => {
  const view = new Int16Array(new Int16Array([1, 2, 3]).buffer, 2, 1);
  expect(roundTrip(view)).toStrictEqual(new Int16Array([2]));
});

test("shared and cyclic references stay what they are", () => {
  const shared = { name: "shared" };
  const value: Record<string, unknown> = { a: shared, b: [shared], date: new Date(1) };
  value["self"] = value;
  const back = roundTrip(value) as typeof value;
  expect(back["a"]).toBe((back["b"] as unknown[])[0]);
  expect(back["self"]).toBe(back);
});

test("an error keeps its class, cause, code and own properties, and no path of this machine", () => {
  const error = Object.assign(new TypeError("bad", { cause: new AggregateError([new Error("inner")], "many") }), {
    code: "E1",
  });
  const text = JSON.stringify(toRecorded(error, "value"));
  expect(text).not.toContain("recorded-value.test");
  const back = roundTrip(error) as TypeError & { code: string; cause: AggregateError };
  expect(back).toBeInstanceOf(TypeError);
  expect(back).toMatchObject({ name: "TypeError", message: "bad", code: "E1" });
  expect(back.cause).toMatchObject({ name: "AggregateError", message: "many", errors: [{ message: "inner" }] });
  expect(Object.keys(back)).toEqual(["code"]);
});

test("a hostile key never reaches a prototype", () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  const back = roundTrip(hostile) as object;
  expect(Object.hasOwn(back, "__proto__")).toBe(true);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each([
  ["a function", { rows: [{ fn: () => 1 }] }, "value.rows[0].fn"],
  ["a symbol", { s: Symbol("s") }, "value.s"],
  ["an instance of a class", { url: new URL("http://localhost") }, "value.url"],
  ["a Proxy", { p: new Proxy({}, {}) }, "value.p"],
])("%s is refused with its path", (_name, value, path) => {
  expect(() => toRecorded(value, "value")).toThrow(
    expect.objectContaining({ code: "not_transferable", message: expect.stringContaining(path) }),
  );
});

test("an unknown tag is refused", () => {
  expect(() => fromRecorded({ $function: "x" })).toThrow(expect.objectContaining({ code: "decode_failed" }));
});
