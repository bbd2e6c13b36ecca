import { describe, expect, test } from "vitest";
import type { ReferencePlan, SourcePlan } from "../plan/plan.ts";
import { type Outputs, resolve } from "./inputs.ts";

const ref = (step: number, ...path: (string | number)[]): ReferencePlan => ({ kind: "reference", step, path });
const literal = (value: unknown): SourcePlan => ({ kind: "literal", value });
const object = (...entries: (readonly [string, SourcePlan])[]): SourcePlan => ({
  kind: "template",
  list: false,
  entries,
});
const list = (...items: SourcePlan[]): SourcePlan => ({
  kind: "template",
  list: true,
  entries: items.map((item, i) => [String(i), item] as const),
});

const outputs: Outputs = [{ x: 1, nothing: null, zero: 0, rows: [{ id: 7 }], deep: { a: { b: "c" } } }, undefined, {}];

describe("a reference", () => {
  test.each([
    ["a port", ref(0, "x"), 1],
    ["a path inside a port", ref(0, "deep", "a", "b"), "c"],
    ["an element of a list", ref(0, "rows", 0, "id"), 7],
  ])("reads %s", (_, source, value) => {
    expect(resolve(source, outputs)).toBe(value);
  });

  test.each([
    ["a port that was left undefined", ref(2, "x")],
    ["a step without outputs", ref(1, "x")],
    ["a path that leads nowhere", ref(0, "deep", "z", "y")],
    ["a path into a primitive", ref(0, "x", "y")],
    ["a path into null", ref(0, "nothing", "y")],
    ["an element past the end", ref(0, "rows", 5, "id")],
  ])("S3: is dead at %s", (_, source) => {
    expect(resolve(source, outputs)).toBeUndefined();
  });

  test("S3: null and other falsy values are values", () => {
    expect([resolve(ref(0, "nothing"), outputs), resolve(ref(0, "zero"), outputs)]).toEqual([null, 0]);
  });
});

describe("firstOf (G3)", () => {
  test("gives the first in argument order that is not dead", () => {
    expect(resolve({ kind: "first", of: [ref(1, "x"), ref(2, "x"), ref(0, "x")] }, outputs)).toBe(1);
    expect(resolve({ kind: "first", of: [ref(0, "deep", "a", "b"), ref(0, "x")] }, outputs)).toBe("c");
  });

  test("takes null, 0 and the like for values", () => {
    expect(resolve({ kind: "first", of: [ref(0, "nothing"), ref(0, "x")] }, outputs)).toBe(null);
    expect(resolve({ kind: "first", of: [ref(0, "zero"), ref(0, "x")] }, outputs)).toBe(0);
  });

  test("is dead where all are", () => {
    expect(resolve({ kind: "first", of: [ref(1, "x"), ref(2, "x")] }, outputs)).toBeUndefined();
  });
});

describe("a literal with references inside (S3)", () => {
  test("is filled, new each time", () => {
    const source = object(["a", list(ref(0, "x"), literal(2))], ["b", literal("c")]);
    expect(resolve(source, outputs)).toEqual({ a: [1, 2], b: "c" });
    expect(resolve(source, outputs)).not.toBe(resolve(source, outputs));
  });

  test.each([
    ["a list", list(literal(1), ref(1, "x"))],
    ["an object", object(["a", literal(1)], ["b", ref(1, "x")])],
    ["a list in an object in a list", list(object(["a", list(ref(0, "x"), ref(1, "x"))]))],
    ["a firstOf inside", object(["a", { kind: "first", of: [ref(1, "x"), ref(2, "x")] }])],
  ])("one dead part makes %s dead", (_, source) => {
    expect(resolve(source, outputs)).toBeUndefined();
  });

  test("an undefined that the author wrote stays where it is", () => {
    expect(resolve(list(literal(undefined), ref(0, "x")), outputs)).toEqual([undefined, 1]);
    const filled = resolve(object(["a", literal(undefined)], ["b", ref(0, "x")]), outputs);
    expect(Object.keys(filled as object)).toEqual(["a", "b"]);
  });

  test("V4: a key __proto__ is data, and changes no prototype", () => {
    const filled = resolve(object(["__proto__", literal({ polluted: 1 })], ["x", ref(0, "x")]), outputs) as object;
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.keys(filled)).toEqual(["__proto__", "x"]);
    expect("polluted" in filled).toBe(false);
    expect(JSON.stringify(filled)).toBe('{"__proto__":{"polluted":1},"x":1}');
  });

  test("V4: constructor and prototype are ordinary keys", () => {
    const filled = resolve(object(["constructor", ref(0, "x")], ["prototype", literal(2)]), outputs);
    expect(JSON.stringify(filled)).toBe('{"constructor":1,"prototype":2}');
  });
});
