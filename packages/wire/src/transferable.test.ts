import { runInNewContext } from "node:vm";

import { describe, expect, test } from "vitest";

import { hasCode } from "./error.ts";
import { assertTransferable, findUntransferable } from "./transferable.ts";

class Socket {
  port = 1;
}
class Ledger extends Map {}
const cyclic: Record<string, unknown> = { list: [1] };
cyclic["self"] = cyclic;
const shared = { a: 1 };

describe("what passes", () => {
  test.each<[string, unknown]>([
    ["primitives", [undefined, null, true, "x", NaN, -0, 10n ** 30n]],
    ["plain objects", { a: { b: Object.create(null) } }],
    ["dates and patterns", [new Date(0), /x/g]],
    [
      "maps and sets",
      new Map<unknown, unknown>([
        ["k", new Set([{ a: 1 }])],
        [{ key: 1 }, 2],
      ]),
    ],
    ["bytes", [new Uint8Array(2), new DataView(new ArrayBuffer(1)), Buffer.from("x")]],
    ["buffers", [new ArrayBuffer(1), new SharedArrayBuffer(1), new BigInt64Array(1)]],
    ["errors", [new TypeError("x", { cause: { a: 1 } }), new (class Mine extends Error {})("y")]],
    ["cycles", cyclic],
    ["shared references", [shared, shared]],
    ["sparse arrays", Object.assign([], { 5: 1 })],
    ["a very sparse array", Object.assign([], { length: 4e9 })],
    [
      "accessors, by their value",
      {
        get a() {
          return 1;
        },
      },
    ],
    ["another realm's data", runInNewContext("({ a: [1], m: new Map([[1, /x/]]), u: new Uint8Array(1) })")],
    ["a key named like a prototype", JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 1 }')],
  ])("%s", (_name, value) => {
    expect(findUntransferable(value)).toBeUndefined();
  });
});

describe("what is refused", () => {
  test.each<[string, string, unknown]>([
    ["", "a function", () => 1],
    ["rows[3].fn", "a function", { rows: [0, 1, 2, { fn: () => 1 }] }],
    ['odd["a b"]', "a symbol", { odd: { "a b": Symbol("s") } }],
    ["[0]", "an instance of Socket", [new Socket()]],
    ["m", "an instance of Ledger", { m: new Ledger() }],
    ["a", "an instance of List", { a: new (class List extends Array {})() }],
    ["b", "an instance of Bytes", { b: new (class Bytes extends Uint8Array {})(1) }],
    ["p", "a Promise, which wants an await", { p: Promise.resolve() }],
    ["w", "an instance of WeakMap", { w: new WeakMap() }],
    ["n", "an instance of Number", { n: Object(1) }],
    ["u", "an instance of URL", { u: new URL("http://localhost") }],
    ["x", "a Proxy", { x: new Proxy({}, {}) }],
    ["x", "a Proxy", { x: new Proxy(() => 1, {}) }],
    ['get("k").fn', "a function", new Map([["k", { fn: () => 1 }]])],
    ["keys()[0]", "a function", new Map([[() => 1, 1]])],
    ["s.values()[1][0]", "a function", { s: new Set([1, [() => 1]]) }],
    ["e.cause.fn", "a function", { e: new Error("x", { cause: { fn: () => 1 } }) }],
    [
      "g.a",
      "an accessor that throws",
      {
        g: {
          get a() {
            throw new Error("no");
          },
        },
      },
    ],
    ["o", "an object with a symbol as key", { o: { [Symbol("lost")]: 1 } }],
    ["g", "an instance of a class", { g: (function* () {})() }],
    ["[2].late", "a function", [shared, cyclic, { late: () => 1 }]],
  ])("at %j %s", (path, found, value) => {
    expect(findUntransferable(value)).toEqual({ path, found });
  });

  test("a hostile Proxy is refused before any of its traps runs", () => {
    const traps = new Proxy(
      {},
      {
        get: () => () => {
          throw new Error("trapped");
        },
      },
    );
    expect(findUntransferable([new Proxy({}, traps)])).toEqual({ path: "[0]", found: "a Proxy" });
  });
});

describe("assertTransferable", () => {
  test("names the path from the label on", () => {
    const check = (): void => assertTransferable({ rows: [{ fn: () => 1 }] }, "source");
    expect(check).toThrow("source.rows[0].fn is a function");
    expect(check).toThrow(
      expect.toSatisfy(
        (error: unknown) => hasCode(error, "not_transferable") && error.details["path"] === "source.rows[0].fn",
      ),
    );
    expect(() => assertTransferable({ a: 1 }, "source")).not.toThrow();
  });
});

describe("size", () => {
  test("a list 100,000 deep does not overflow", () => {
    let list: unknown = () => 1;
    for (let depth = 0; depth < 100_000; depth++) list = { next: list };
    expect(findUntransferable(list)?.path).toMatch(/^next\.next.*…\(99976 more\)….*\.next$/);
  });

  test("references shared again and again are walked once", () => {
    let tower: unknown = { a: 1 };
    for (let height = 0; height < 100; height++) tower = [tower, tower, tower];
    expect(findUntransferable(tower)).toBeUndefined();
    const column = Array.from({ length: 10_000 }, () => 1);
    expect(findUntransferable(Array.from({ length: 10_000 }, () => column))).toBeUndefined();
  });

  test("a million numbers take milliseconds", () => {
    const numbers = Array.from({ length: 1_000_000 }, (_, index) => index);
    const start = performance.now();
    expect(findUntransferable({ numbers })).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(500);
  });
});
