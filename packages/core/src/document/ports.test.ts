import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { runtimeOf } from "../execute/work.fixture.ts";
import type { ReadWorkflow } from "./read.ts";
import { keep, reread } from "./round-trip.fixture.ts";

/** A workflow with one declared input, which it gives back. */
function passing(schema: z.ZodType): Workflow<{ x: unknown }, { y: unknown }> {
  const flow = new Workflow("w", { input: z.object({ x: schema }), output: z.object({ y: z.any().optional() }) });
  flow.setOutput({ y: flow.addNode("keep", keep, { value: flow.input.x as never }).out.value as never });
  return flow as never;
}

/** What comes of an input: the output, or the code of the refusal. */
async function answer(flow: Workflow<{ x: unknown }, { y: unknown }> | ReadWorkflow, input: object): Promise<unknown> {
  const { runtime } = runtimeOf({ connectionValidation: "strict" });
  return runtime.execute(flow as ReadWorkflow, { input: input as Record<string, unknown> }).then(
    ({ outputs }) => outputs,
    ({ code }: { code: string }) => code,
  );
}

describe("G7: declared inputs come back through JSON Schema, and mean the same", () => {
  test.each<[string, z.ZodType, readonly unknown[]]>([
    ["string", z.string(), ["a", 1]],
    ["lengths", z.string().min(2).max(3), ["a", "ab", "abcd"]],
    ["a pattern", z.string().regex(/^x+$/), ["xx", "y"]],
    ["an email", z.email(), ["a@b.org", "no"]],
    ["number", z.number(), [1.5, "1"]],
    ["bounds", z.number().min(0).lt(10).multipleOf(2), [0, 3, 10, 8]],
    ["int", z.int(), [1, 1.5]],
    ["boolean", z.boolean(), [true, 0]],
    ["null", z.null(), [null, 0]],
    ["any", z.any(), [1, { a: [] }]],
    ["a literal", z.literal(["a", 5]), ["a", 5, "b"]],
    ["an enum", z.enum(["on", "off"]), ["on", "no"]],
    ["nullable", z.number().nullable(), [null, 1, "x"]],
    ["a list", z.array(z.number()).min(1), [[1], [], ["x"]]],
    ["a tuple", z.tuple([z.string(), z.number()]), [["a", 1], ["a"], [1, 1]]],
    ["a record", z.record(z.string(), z.number()), [{ a: 1 }, { a: "x" }]],
    ["a union", z.union([z.string(), z.number()]), ["a", 1, true]],
    [
      "an intersection",
      z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })),
      [{ a: 1, b: 2 }, { a: 1 }],
    ],
    ["an object", z.object({ a: z.number(), b: z.string().optional() }), [{ a: 1 }, { a: 1, b: "x" }, { b: "x" }]],
    ["an object with a key too many", z.object({ a: z.number() }), [{ a: 1, more: 2 }]],
    [
      "a key too many deep inside",
      z.array(z.object({ in: z.object({ a: z.number() }) })),
      [[{ in: { a: 1, more: 2 } }]],
    ],
    ["a strict object", z.strictObject({ a: z.number() }), [{ a: 1 }, { a: 1, more: 2 }]],
    ["a loose object", z.looseObject({ a: z.number() }), [{ a: 1, more: 2 }]],
    ["a default inside", z.object({ a: z.number().default(7) }), [{}, { a: 1 }]],
  ])("%s", async (_, schema, values) => {
    const flow = passing(schema);
    const again = reread(flow as never);
    for (const x of values) expect([x, await answer(again, { x })]).toEqual([x, await answer(flow, { x })]);
  });

  test.each<[string, z.ZodType, boolean]>([
    ["required", z.number(), true],
    ["optional", z.number().optional(), false],
    ["with a default", z.number().default(5), false],
    ["nullable", z.number().nullable(), true],
  ])("whether it has to be given: %s", async (_, schema, required) => {
    const flow = passing(schema);
    const again = reread(flow as never);
    expect(again.inputs.ports.map((port) => port.required)).toEqual([required]);
    expect(await answer(again, {})).toEqual(await answer(flow, {}));
  });

  test("a recursive type", async () => {
    interface Tree {
      value: number;
      children: Tree[];
    }
    const tree: z.ZodType<Tree> = z.object({ value: z.number(), children: z.array(z.lazy(() => tree)) });
    const flow = passing(tree);
    const again = reread(flow as never);
    const good = { value: 1, children: [{ value: 2, children: [] }] };
    const bad = { value: 1, children: [{ value: "x", children: [] }] };
    for (const x of [good, bad]) expect(await answer(again, { x })).toEqual(await answer(flow, { x }));
  });

  test("outputs, in their order", () => {
    const flow = new Workflow("w", { output: z.object({ b: z.number(), a: z.string().optional() }) });
    const again = reread(flow as never);
    expect(again.outputs.ports.map(({ name, required }) => [name, required])).toEqual([
      ["b", true],
      ["a", false],
    ]);
  });

  test("a workflow without either has none in its document", () => {
    const document = new Workflow("w").toJSON();
    expect("input" in document || "output" in document).toBe(false);
  });
});
