import { expect, test } from "vitest";

import { deepFreeze } from "./deep-freeze.ts";

test("freezes objects and arrays at any depth, and gives the same value", () => {
  const value = { rows: [{ id: 1, tags: ["a"] }], none: null };
  expect(deepFreeze(value)).toBe(value);
  expect(() => value.rows[0]!.tags.push("b")).toThrow(TypeError);
  expect(() => value.rows.pop()).toThrow(TypeError);
});

test("freezes below what is frozen already, and through cycles", () => {
  const inner = { self: undefined as unknown, list: [1] };
  inner.self = inner;
  deepFreeze(Object.freeze({ inner }));
  expect(Object.isFrozen(inner.list)).toBe(true);
});

test("freezes what Maps and Sets hold, and leaves them as they are", () => {
  const [key, item, member] = [{ k: 1 }, { v: 1 }, { m: 1 }];
  const map = deepFreeze(new Map([[key, item]]));
  deepFreeze(new Set([member]));
  expect([key, item, member].every(Object.isFrozen)).toBe(true);
  expect(map.set({ k: 2 }, { v: 2 }).size).toBe(2);
});

test("leaves bytes, class instances and Proxies alone", () => {
  class Counter {
    count = 0;
  }
  const value = { bytes: new Uint8Array(2), counter: new Counter(), proxy: new Proxy({ a: 1 }, {}) };
  deepFreeze(value);
  value.bytes[0] = 1;
  value.counter.count = 1;
  value.proxy.a = 2;
  expect(value).toMatchObject({ counter: { count: 1 }, proxy: { a: 2 } });
});

test("a list 100,000 deep and an array of a million do not overflow", () => {
  let list: unknown = { end: true };
  for (let depth = 0; depth < 100_000; depth++) list = { next: list };
  deepFreeze(list);
  deepFreeze(Array.from({ length: 1_000_000 }, () => null));
  expect(Object.isFrozen((list as { next: object }).next)).toBe(true);
});

test.each([undefined, null, 1, "x", Symbol("s")])("takes the primitive %s", (value) => {
  expect(deepFreeze(value)).toBe(value);
});
