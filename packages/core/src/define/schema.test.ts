import { describe, expect, test } from "vitest";
import { z } from "zod";
import { pickPorts, type Port, portTable, singlePort } from "./schema.ts";

const port = (schema: z.ZodType): Port => portTable(z.object({ x: schema }), "test").ports[0]!;

interface Tree {
  value: string;
  children: Tree[];
}
const pureTree: z.ZodType<Tree> = z.lazy(() => z.object({ value: z.string(), children: z.array(pureTree) }));
const trimmedTree: z.ZodType<Tree> = z.lazy(() =>
  z.object({ value: z.string().trim(), children: z.array(trimmedTree) }),
);
const byGetter = z.object({
  get next() {
    return byGetter.optional();
  },
});

/** Schemas whose parse only checks, with a value of each that has to come back equal. */
const PURE: readonly (readonly [string, z.ZodType, unknown])[] = [
  ["string", z.string(), " a "],
  ["string with checks", z.string().min(1).max(9).regex(/a/).includes("a").startsWith(" "), " a "],
  ["email", z.email(), "a@b.co"],
  ["uuid", z.uuid(), "123e4567-e89b-12d3-a456-426614174000"],
  ["iso date", z.iso.datetime(), "2020-01-01T00:00:00Z"],
  ["number with checks", z.number().min(-1).multipleOf(0.5), -0],
  ["int", z.int(), 5],
  ["bigint", z.bigint(), 5n],
  ["boolean", z.boolean(), false],
  ["date", z.date(), new Date(0)],
  ["null", z.null(), null],
  ["nan", z.nan(), Number.NaN],
  ["any", z.any(), { a: 1 }],
  ["unknown", z.unknown(), [1]],
  ["enum", z.enum(["a", "b"]), "a"],
  ["literal", z.literal(["a", 1]), 1],
  ["template literal", z.templateLiteral(["a", z.number()]), "a5"],
  ["array", z.array(z.number()).min(1), [1]],
  ["tuple with rest", z.tuple([z.string()], z.number()), ["a", 1, 2]],
  ["object", z.object({ a: z.number() }), { a: 1 }],
  ["strict object", z.strictObject({ a: z.number() }), { a: 1 }],
  ["loose object", z.looseObject({ a: z.number() }), { a: 1, b: 2 }],
  ["record", z.record(z.string(), z.number()), { a: 1 }],
  ["map", z.map(z.string(), z.number()), new Map([["a", 1]])],
  ["set", z.set(z.string()), new Set(["a"])],
  ["union", z.union([z.string(), z.number()]), 1],
  [
    "discriminated union",
    z.discriminatedUnion("k", [z.object({ k: z.literal("a") }), z.object({ k: z.literal("b") })]),
    { k: "b" },
  ],
  ["intersection", z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })), { a: 1, b: 2 }],
  ["optional and nullable", z.string().nullable().optional(), null],
  ["nonoptional", z.nonoptional(z.string().optional()), "a"],
  ["readonly", z.array(z.number()).readonly(), [1]],
  ["refined", z.string().refine((value) => value !== ""), "a"],
  ["super-refined", z.string().check((context) => void context), "a"],
  ["asynchronously refined", z.string().refine(async () => true), "a"],
  ["branded", z.string().brand<"Id">(), "a"],
  ["custom", z.custom<object>(() => true), {}],
  ["instanceof", z.instanceof(Uint8Array), new Uint8Array(1)],
  ["file", z.file(), new File([], "a")],
  ["lazy, recursive", pureTree, { value: " a ", children: [{ value: "b", children: [] }] }],
  ["recursive by getters", byGetter, { next: { next: {} } }],
  ["described", z.string().describe("a name").meta({ a: 1 }), "a"],
];

/** Schemas that give back something else for some value: it comes with the value and what becomes of it. */
const IMPURE: readonly (readonly [string, z.ZodType, unknown, unknown])[] = [
  ["default", z.number().default(5), undefined, 5],
  ["prefault", z.string().trim().prefault(" a "), undefined, "a"],
  ["catch", z.number().catch(5), "x", 5],
  ["transform", z.string().transform((value) => value.length), "abc", 3],
  ["asynchronous transform", z.string().transform(async (value) => value.length), "abc", 3],
  ["preprocess", z.preprocess(Number, z.number()), "5", 5],
  ["pipe", z.string().pipe(z.coerce.number()), "5", 5],
  ["codec", z.codec(z.string(), z.number(), { decode: Number, encode: String }), "5", 5],
  ["stringbool", z.stringbool(), "yes", true],
  ["coerced number", z.coerce.number(), "5", 5],
  ["coerced string", z.coerce.string(), 5, "5"],
  ["coerced boolean", z.coerce.boolean(), 1, true],
  ["coerced date", z.coerce.date(), 0, new Date(0)],
  ["coerced bigint", z.coerce.bigint(), 5, 5n],
  ["trim", z.string().trim(), " a ", "a"],
  ["toLowerCase", z.string().toLowerCase(), "A", "a"],
  ["toUpperCase", z.string().toUpperCase(), "a", "A"],
  ["normalize", z.string().normalize(), "e\u0301", "\u00e9"],
  ["overwrite", z.number().overwrite((value) => value + 1), 1, 2],
  ["url", z.url(), " https://a.b ", "https://a.b"],
  ["normalised url", z.url({ normalize: true }), "https://a.b", "https://a.b/"],
  ["json", z.json().transform(String), 5, "5"],
];

/** The same schema inside of others. */
const AROUND: readonly (readonly [string, (schema: z.ZodType) => z.ZodType])[] = [
  ["an array", (schema) => z.array(schema)],
  ["an object", (schema) => z.object({ a: schema })],
  ["a catchall", (schema) => z.object({}).catchall(schema)],
  ["an optional", (schema) => schema.optional()],
  ["a nullable", (schema) => schema.nullable()],
  ["a readonly", (schema) => schema.readonly()],
  ["a union", (schema) => z.union([z.symbol(), schema])],
  ["an intersection", (schema) => z.intersection(z.any(), schema)],
  ["a tuple", (schema) => z.tuple([schema])],
  ["a tuple's rest", (schema) => z.tuple([z.number()], schema)],
  ["a record", (schema) => z.record(z.string(), schema)],
  ["a map's values", (schema) => z.map(z.string(), schema)],
  ["a map's keys", (schema) => z.map(schema, z.string())],
  ["a set", (schema) => z.set(schema)],
  ["a lazy one", (schema) => z.lazy(() => schema)],
];

describe("V7: a schema that only checks is known to be pure", () => {
  test.each(PURE)("%s", async (_, schema, value) => {
    expect(port(schema).pure).toBe(true);
    expect(await schema.parseAsync(value)).toEqual(value);
  });
});

describe("V7: a schema that changes values is known to be impure", () => {
  test.each(IMPURE)("%s", async (_, schema, value, changed) => {
    expect(port(schema).pure).toBe(false);
    expect(await schema.parseAsync(value)).toEqual(changed);
    for (const [place, around] of AROUND) expect([place, port(around(schema)).pure]).toEqual([place, false]);
  });

  test("a lazy, recursive one", () => {
    expect(port(trimmedTree).pure).toBe(false);
    expect(port(z.array(trimmedTree)).pure).toBe(false);
  });

  test("one impure port makes the whole table impure", () => {
    expect(portTable(z.object({ a: z.number(), b: z.string().trim() }), "t").pure).toBe(false);
    expect(portTable(z.object({ a: z.number(), b: z.string() }), "t").pure).toBe(true);
  });
});

describe("G6: a port is required unless it can do without a value", () => {
  test.each<readonly [string, z.ZodType, boolean]>([
    ["string", z.string(), true],
    ["nullable", z.string().nullable(), true],
    ["optional", z.string().optional(), false],
    ["default", z.string().default("a"), false],
    ["prefault", z.string().prefault("a"), false],
    ["optional inside nullable", z.string().optional().nullable(), false],
    ["lazy optional", z.lazy(() => z.string().optional()), false],
    ["nonoptional", z.nonoptional(z.string().optional()), true],
    ["array of optional", z.array(z.string().optional()), true],
    ["union with undefined: the key has to be there", z.union([z.string(), z.undefined()]), true],
  ])("%s", (_, schema, required) => {
    expect(port(schema).required).toBe(required);
  });
});

describe("V4: a port is shaped where its schema declares keys somewhere", () => {
  test.each<readonly [string, z.ZodType, boolean]>([
    ["string", z.string(), false],
    ["any", z.any(), false],
    ["record", z.record(z.string(), z.number()), false],
    ["object", z.object({}), true],
    ["list of objects", z.array(z.object({})), true],
    ["union with an object", z.union([z.string(), z.object({})]), true],
    ["lazy object", z.lazy(() => z.object({})), true],
    ["recursive", pureTree, true],
    ["record of objects", z.record(z.string(), z.object({})), true],
  ])("%s", (_, schema, shaped) => {
    expect(port(schema).shaped).toBe(shaped);
  });
});

test("ports keep the order of declaration, and are found by name", () => {
  const table = portTable(z.object({ b: z.string(), a: z.number().optional(), c: z.number() }), "t");
  expect(table.ports.map(({ name }) => name)).toEqual(["b", "a", "c"]);
  expect(table.ports.map(({ required }) => required)).toEqual([true, false, true]);
  expect(table.byName.get("a")).toBe(table.ports[1]);
  expect(pickPorts(table, ["c", "b"]).ports.map(({ name }) => name)).toEqual(["b", "c"]);
  expect(singlePort(table.ports[0]!)).toBe(singlePort(table.ports[0]!));
});
