import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import type { NodeDefinition } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { firstOf } from "../define/reference.ts";
import { silent } from "../observe/silent-logger.fixture.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import type { WorkflowError } from "./failure.ts";
import { kindOf } from "./value-issue.ts";

const SECRET = "sk-live-4242424242";

const anything = (name: string, value: unknown): NodeDefinition<{}, { out: never }> =>
  defineNode({ name, input: z.object({}), output: z.object({ out: z.any() }), run: () => ({ out: value }) }) as never;

const wanting = (schema: z.ZodType): NodeDefinition<{ in: never }, {}> =>
  defineNode({ name: "wanting", input: z.object({ in: schema }), output: z.object({}), run: () => ({}) }) as never;

/** The error of a strict run in which `value` meets `schema`. */
async function refusal(schema: z.ZodType, value: unknown): Promise<WorkflowError> {
  const flow = new Workflow("w");
  const source = flow.addNode("source", anything("source", value));
  flow.addNode("sink", wanting(schema), { in: source.out.out });
  const runtime = new InlineRuntime({ connectionValidation: "strict", logger: silent() });
  return (await runtime.execute(flow).catch((error: unknown) => error)) as WorkflowError;
}

test("V3: a message names source and target, the path inside the value, what was expected and the kind found", async () => {
  const schema = z.array(z.object({ price: z.number() }));
  const error = await refusal(schema, [{ price: 1 }, { price: SECRET }]);
  expect(error.code).toBe("connection_invalid");
  expect(error.message).toContain("source.out → sink.in[1].price: expected number, found string");
  expect(error.details).toMatchObject({ port: "in", path: "[1].price", expected: "number", found: "string" });
});

test.each<[string, z.ZodType, unknown, string]>([
  ["a type", z.number(), SECRET, "expected number, found string"],
  ["a literal", z.literal("on"), SECRET, "expected one of the declared values, found string"],
  ["an enum", z.enum(["on", "off"]), SECRET, "expected one of the declared values, found string"],
  ["a union", z.union([z.number(), z.boolean()]), SECRET, "expected one of the declared alternatives, found string"],
  ["a format", z.email(), SECRET, "expected a text of format email, found string"],
  ["a pattern", z.string().regex(/^x/), SECRET, "expected a text of format regex, found string"],
  ["a least length", z.string().min(100), SECRET, "expected at least 100, found string"],
  ["a greatest number", z.number().max(5), 4242, "expected at most 5, found number"],
  ["a step", z.number().multipleOf(5), 4242, "expected a multiple of the declared step, found number"],
  ["a refinement", z.string().refine(() => false), SECRET, "expected a value that passes the schema's own check"],
  ["a strict object", z.strictObject({}), { token: SECRET }, 'expected only declared keys, not "token"'],
  [
    "a record's value",
    z.record(z.string(), z.number()),
    { token: SECRET },
    "sink.in.token: expected number, found str",
  ],
  ["a map's value", z.map(z.string(), z.number()), new Map([["k", SECRET]]), "expected number"],
  ["a set's element", z.set(z.number()), new Set([SECRET]), "expected number"],
  ["an instance", z.instanceof(URL), SECRET, "sink.in: expected"],
])("V3: of %s only kinds are told", async (_, schema, value, text) => {
  const error = await refusal(schema, value);
  expect(error.message).toContain(text);
  expect(JSON.stringify([error.message, error.details, error.errors])).not.toContain(SECRET);
  expect(JSON.stringify([error.message, error.details])).not.toContain("4242");
});

test("V3: a check that tells the value in its own words is not quoted", async () => {
  const schema = z.string().refine(() => false, { error: ({ input }) => `${String(input)} is bad` });
  expect((await refusal(schema, SECRET)).message).not.toContain(SECRET);
});

test("V3: the value is no cause of the error either", async () => {
  const error = await refusal(z.number(), { token: SECRET });
  const told = [error.cause, ...error.errors].map((each) => JSON.stringify(each) + String((each as Error)?.stack));
  expect(told.join()).not.toContain(SECRET);
});

test("V3: of firstOf all places are named, and of an output the node's own", async () => {
  const flow = new Workflow("w");
  const a = flow.addNode("a", anything("a", undefined));
  const b = flow.addNode("b", anything("b", SECRET));
  flow.addNode("sink", wanting(z.number()), { in: firstOf(a.out.out, b.out.out) as never });
  const runtime = new InlineRuntime({ connectionValidation: "strict", logger: silent() });
  await expect(runtime.execute(flow)).rejects.toThrow("a.out or b.out → sink.in: expected number, found string");

  const giving = defineNode({
    name: "giving",
    input: z.object({}),
    output: z.object({ n: z.number() }),
    run: () => ({ n: SECRET as never }),
  });
  const alone = new Workflow("w");
  alone.addNode("giver", giving);
  await expect(runtime.execute(alone)).rejects.toThrow("giver.n (output): expected number, found string");
});

test("V3: a literal has no source to name", async () => {
  const flow = new Workflow("w");
  flow.addNode("sink", wanting(z.number()), { in: SECRET as never });
  const error: Error = await new InlineRuntime({ connectionValidation: "strict", logger: silent() }).execute(flow).then(
    () => new Error("it ran"),
    (thrown: Error) => thrown,
  );
  expect(error.message).toMatch(/sink\.in: expected number, found string/);
  expect(error.message).not.toMatch(/→|sk-live/);
});

test.each<[unknown, string]>([
  [null, "null"],
  [undefined, "nothing"],
  [[1, 2], "an array of 2"],
  ["text", "string"],
  [1n, "bigint"],
  [Number.NaN, "NaN"],
  [-Infinity, "-Infinity"],
  [new Date(0), "Date"],
  [new Map(), "Map"],
  [{}, "Object"],
  [Object.create(null), "object"],
  [() => 1, "function"],
])("the kind of a value, in a word: %#", (value, kind) => {
  expect(kindOf(value)).toBe(kind);
});
