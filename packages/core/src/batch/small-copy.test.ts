import { describe, expect, test } from "vitest";
import { smallCopy } from "./small-copy.ts";

class Point {
  readonly x = 1;
}

describe("smallCopy", () => {
  test.each([
    [{ row: { id: 1, name: "a", price: -0, count: Number.NaN, gone: undefined, none: null, big: 1n } }],
    [{ list: [1, [2, { deep: [3] }], "x"], empty: {}, nothing: [] }],
    [[1, 2, { x: 3 }]],
  ])("copies plain values as structured clone does (%#)", (value) => {
    const copy = smallCopy(value);
    expect(copy).toStrictEqual(structuredClone(value));
    expect(copy).not.toBe(value);
  });

  test("shares nothing with the value", () => {
    const value = { row: { list: [{ x: 1 }] } };
    const copy = smallCopy(value)!;
    copy.row.list[0]!.x = 2;
    expect(value.row.list[0]!.x).toBe(1);
  });

  const shared = {};
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  test.each<[string, object]>([
    ["a list with a hole and a named key", Object.assign(new Array(1), { x: 1 }) as object],
    [
      "an accessor that throws",
      {
        get a(): never {
          throw new Error("getter");
        },
      },
    ],
    ["a function", { call: () => 1 }],
    ["a symbol", { odd: Symbol("odd") }],
    ["a symbol as key", { [Symbol("odd")]: 1 }],
    ["a Proxy", { inside: new Proxy({}, {}) }],
    ["an instance", { point: new Point() }],
    ["a Date", { at: new Date(0) }],
    ["a Map", { map: new Map() }],
    ["bytes", { bytes: new Uint8Array(2) }],
    ["an error", { error: new Error("no") }],
    ["no prototype", Object.create(null) as object],
    ["a part that is there twice", { one: shared, two: shared }],
    ["a cycle", cyclic],
    ["a list with holes", { list: Array.from({ length: 2 }).concat(new Array<number>(1)) }],
    ["a list with a name", { list: Object.assign([1], { name: "x" }) }],
    ["a long list", { list: Array.from({ length: 9 }, () => 1) }],
    ["many objects", { list: Array.from({ length: 8 }, () => ({})) }],
    ["the key __proto__", JSON.parse('{"__proto__": 1}') as object],
    ["what only looks like a list", Object.setPrototypeOf({}, Array.prototype) as object],
  ])("leaves %s to structured clone", (_what, value) => {
    expect(smallCopy(value)).toBeUndefined();
  });
});
