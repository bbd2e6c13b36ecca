import { describe, expect, test } from "vitest";
import { z } from "zod";
import { undeclaredKeys } from "./undeclared.ts";

const item = z.object({ a: z.number() });
const fine = { a: 1 };
const extra = { a: 1, b: 2 };

describe("V4: keys that a schema does not declare are found", () => {
  test.each<[string, z.ZodType, unknown, PropertyKey[][]]>([
    ["in an object", item, extra, [["b"]]],
    ["in an object inside", z.object({ in: item }), { in: extra, c: 1 }, [["in", "b"], ["c"]]],
    ["in a list", z.array(item), [fine, extra], [[1, "b"]]],
    ["in a tuple", z.tuple([z.string(), item]), ["x", extra], [[1, "b"]]],
    ["in the rest of a tuple", z.tuple([z.string()], item), ["x", fine, extra], [[2, "b"]]],
    ["in a record", z.record(z.string(), item), { one: fine, two: extra }, [["two", "b"]]],
    ["behind optional", item.optional(), extra, [["b"]]],
    ["behind nullable", item.nullable(), extra, [["b"]]],
    ["behind nullish", item.nullish(), extra, [["b"]]],
    ["behind a default", item.default({ a: 0 }), extra, [["b"]]],
    ["behind a prefault", item.prefault({ a: 0 }), extra, [["b"]]],
    ["behind a catch", item.catch({ a: 0 }), extra, [["b"]]],
    ["behind readonly", item.readonly(), extra, [["b"]]],
    ["behind nonoptional", item.optional().nonoptional(), extra, [["b"]]],
    ["behind a brand", item.brand("item"), extra, [["b"]]],
    ["behind lazy", z.lazy(() => item), extra, [["b"]]],
    ["before a transform", item.transform(({ a }) => a), extra, [["b"]]],
    ["before a pipe", item.pipe(z.object({ a: z.number() })), extra, [["b"]]],
    ["behind a refinement", item.refine(() => true), extra, [["b"]]],
    ["under a catchall of objects", z.object({ x: z.number() }).catchall(item), { x: 1, y: extra }, [["y", "b"]]],
    ["in the values of a map", z.map(z.string(), item), new Map([["k", extra]]), [["k", "b"]]],
    ["in a set", z.set(item), new Set([fine, extra]), [[1, "b"]]],
  ])("%s", (_, schema, value, paths) => {
    expect(undeclaredKeys(schema, value)).toEqual(paths);
  });
});

describe("V4: nothing is found", () => {
  test.each<[string, z.ZodType, unknown]>([
    ["where all keys are declared", z.object({ in: item, more: z.array(item) }), { in: fine, more: [fine] }],
    ["where the schema takes anything", z.object({ x: z.any(), y: z.unknown() }), { x: extra, y: { z: extra } }],
    ["in a loose object", z.looseObject({ a: z.number() }), extra],
    ["in a record of anything", z.record(z.string(), z.unknown()), extra],
    ["in values that are no objects", item, 5],
    ["in null", item.nullable(), null],
    ["in a custom schema", z.instanceof(Map), new Map([["k", extra]])],
    ["in a Date", z.date(), new Date(0)],
  ])("%s", (_, schema, value) => {
    expect(undeclaredKeys(schema, value)).toEqual([]);
  });

  test("a key that every object inherits is no declared key", () => {
    expect(undeclaredKeys(item, { a: 1, constructor: 1, toString: 2 })).toEqual([["constructor"], ["toString"]]);
  });

  test("__proto__ as a key is told as any other", () => {
    expect(undeclaredKeys(item, JSON.parse('{"a": 1, "__proto__": {"polluted": 1}}'))).toEqual([["__proto__"]]);
  });
});

describe("V4: of alternatives", () => {
  const a = z.object({ kind: z.literal("a"), x: z.number() });
  const b = z.object({ kind: z.literal("b"), y: z.number() });

  test.each<[string, z.ZodType]>([
    ["a union", z.union([a, b])],
    ["a discriminated union", z.discriminatedUnion("kind", [a, b])],
  ])("%s: a key counts where no alternative declares it", (_, schema) => {
    expect(undeclaredKeys(schema, { kind: "a", x: 1 })).toEqual([]);
    expect(undeclaredKeys(schema, { kind: "b", y: 1, z: 2 })).toEqual([["z"]]);
  });

  test("one that takes anything declares everything", () => {
    expect(undeclaredKeys(z.union([item, z.any()]), extra)).toEqual([]);
    expect(undeclaredKeys(z.union([item, z.record(z.string(), z.any())]), extra)).toEqual([]);
  });

  test.each<[string, z.ZodType]>([
    ["null", z.null()],
    ["undefined", z.undefined()],
    ["a text", z.string()],
    ["a number", z.number()],
    ["a literal", z.literal("none")],
    ["an enum", z.enum(["x", "y"])],
    ["a list", z.array(z.string())],
  ])("%s beside an object declares none of its keys", (_, other) => {
    expect(undeclaredKeys(z.union([item, other]), extra)).toEqual([["b"]]);
    expect(undeclaredKeys(z.union([other, item]), extra)).toEqual([["b"]]);
  });

  test("an intersection declares what either side declares", () => {
    const both = z.intersection(item, z.object({ b: z.number() }));
    expect(undeclaredKeys(both, extra)).toEqual([]);
    expect(undeclaredKeys(both, { ...extra, c: 3 })).toEqual([["c"]]);
  });
});

describe("V4: recursion", () => {
  interface Tree {
    value: number;
    children: Tree[];
  }
  const tree: z.ZodType<Tree> = z.object({
    value: z.number(),
    get children() {
      return z.array(tree);
    },
  });

  test("keys are found at any depth of a recursive schema", () => {
    const value = { value: 1, children: [{ value: 2, children: [{ value: 3, children: [], more: 1 }] }] };
    expect(undeclaredKeys(tree, value)).toEqual([["children", 0, "children", 0, "more"]]);
  });

  test("a value that holds itself is looked at once", () => {
    const value: { value: number; children: unknown[]; more: number } = { value: 1, children: [], more: 1 };
    value.children.push(value, { value: 2, children: [value] });
    expect(undeclaredKeys(tree, value)[0]).toEqual(["children", 0, "more"].slice(-1));
  });

  test("alternatives that lead to the same parts take no exponential time", () => {
    const node: z.ZodType = z.lazy(() => z.union([z.object({ next: node }), z.object({ next: node, x: z.any() })]));
    let value: object = { next: null };
    for (let i = 0; i < 200; i++) value = { next: value };
    expect(undeclaredKeys(node, value)).toEqual([]);
  });

  test("of a list with very many, enough are told", () => {
    const found = undeclaredKeys(
      z.array(item),
      Array.from({ length: 100_000 }, () => ({ ...extra })),
    );
    expect(found.length).toBeLessThan(1000);
    expect(found.length).toBeGreaterThan(10);
  });
});
