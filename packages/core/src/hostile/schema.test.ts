import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ifElse, switchOn } from "../define/branch.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { execute } from "./nodes.fixture.ts";
import { testWrongPrograms, withinDeadline, type WrongProgram, wrong } from "./wrong-program.fixture.ts";

const trap = (): never => {
  throw new Error("trap");
};
const shape = { x: z.number() };

const WRONG_SCHEMAS: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["a plain object", () => shape],
  ["a text", () => "z.object"],
  ["a number's schema", () => z.number()],
  ["a list's schema", () => z.array(z.object(shape))],
  ["a record", () => z.record(z.string(), z.number())],
  ["a union of objects", () => z.union([z.object(shape), z.object({ y: z.number() })])],
  ["an optional object", () => z.object(shape).optional()],
  ["a transformed object", () => z.object(shape).transform((value) => value)],
  ["a lazy object", () => z.lazy(() => z.object(shape))],
  ["an object with a refinement", () => z.object(shape).refine(() => true)],
  ["an object with an asynchronous refinement", () => z.object(shape).refine(async () => true)],
  ["a strict object", () => z.strictObject(shape)],
  ["a loose object", () => z.looseObject(shape)],
  ["an object with a catchall", () => z.object(shape).catchall(z.number())],
  ["what pretends to be a schema", () => ({ _zod: { def: { type: "object" } } })],
  [
    "an object whose port is no schema",
    () => ({ ...z.object(shape), _zod: { ...z.object(shape)._zod, def: { type: "object", shape: { x: 5 } } } }),
  ],
  [
    "an object whose shape throws",
    () =>
      z.object({
        get x(): z.ZodNumber {
          return trap();
        },
      }),
  ],
  ["a lazy port whose getter throws", () => z.object({ x: z.lazy(trap) })],
];

testWrongPrograms(
  "schemas that describe no ports (G1)",
  WRONG_SCHEMAS.flatMap(([name, make]): WrongProgram[] => [
    [
      `input: ${name}`,
      () => defineNode({ name: "n", input: wrong(make()), output: z.object({}), run: () => ({}) }),
      "invalid_schema",
    ],
    [
      `output: ${name}`,
      () => defineNode({ name: "n", input: z.object({}), output: wrong(make()), run: () => wrong({}) }),
      "invalid_schema",
    ],
    ...(name === "undefined"
      ? []
      : [
          [
            `input of a workflow: ${name}`,
            () => new Workflow("w", { input: wrong(make()) }),
            "invalid_schema",
          ] as const,
        ]),
  ]),
);

testWrongPrograms("branches", [
  ["ifElse without a schema", () => ifElse(wrong(undefined), () => true), "invalid_schema"],
  [
    "ifElse with a schema of another library",
    () => ifElse(wrong({ parse: (value: unknown) => value }), () => true),
    "invalid_schema",
  ],
  ["ifElse without a predicate", () => ifElse(z.number(), wrong(undefined)), "invalid_definition"],
  ["switchOn without cases", () => switchOn(z.number(), wrong(undefined)), "invalid_definition"],
  ["switchOn with a case that is no function", () => switchOn(z.number(), { big: wrong(true) }), "invalid_definition"],
]);

describe("schemas that are hard, but right", () => {
  const run = (schema: z.ZodType, value: unknown): Promise<unknown> =>
    withinDeadline(async () => {
      const node = defineNode({
        name: "n",
        input: z.object({ x: schema }),
        output: z.object({ x: z.any() }),
        run: ({ x }) => wrong({ x }),
      });
      const flow = new Workflow("w");
      flow.addNode("n", node, { x: wrong(value) });
      return (await execute(flow)).results["n"].x as unknown;
    });

  test("a lazy schema that makes a new one each time", async () => {
    const fresh = (): z.ZodType => z.object({ child: z.lazy(fresh).optional() });
    expect(await run(fresh(), { child: { child: {} } })).toEqual({ child: { child: {} } });
  });

  test("a schema that contains itself by getters", async () => {
    const tree = z.object({
      get children() {
        return z.array(tree);
      },
    });
    expect(await run(tree, { children: [{ children: [] }] })).toEqual({ children: [{ children: [] }] });
  });

  test("a value that contains itself, in a schema that contains itself, passes (D1)", async () => {
    const tree = z.object({
      get child(): z.ZodOptional<z.ZodType> {
        return tree.optional();
      },
    });
    const value: { child?: unknown } = {};
    value.child = value;
    const passed = (await run(tree, value)) as { child?: unknown };
    expect(passed.child === passed).toBe(true);
  });

  test("an asynchronous refinement that never settles ends with the run's timeout", async () => {
    const flow = new Workflow("w");
    const node = defineNode({
      name: "n",
      input: z.object({ x: z.number().refine(() => new Promise<boolean>(() => undefined)) }),
      output: z.object({}),
      run: () => ({}),
    });
    flow.addNode("n", node, { x: 1 });
    await expect(withinDeadline(() => execute(flow, { timeoutMs: 5 }, { graceMs: 0 }))).rejects.toMatchObject({
      code: "run_timeout",
    });
  });
});
