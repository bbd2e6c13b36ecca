import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import type { ValidationMode } from "../execute/values.ts";
import { doing, echo, execute, increment, one } from "./nodes.fixture.ts";
import { errorOf, withinDeadline, wrong } from "./wrong-program.fixture.ts";

const MODES: readonly ValidationMode[] = ["off", "warn", "strict"];

/** Keys that change prototypes when they are merged or assigned, at several depths. */
const HOSTILE_TEXT = `{
  "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 2 } }, "prototype": { "polluted": 3 },
  "rows": [{ "__proto__": { "polluted": 4 }, "deep": { "__proto__": { "polluted": 5 }, "constructor": 6 } }]
}`;
const hostile = (): Record<string, unknown> => JSON.parse(HOSTILE_TEXT) as Record<string, unknown>;

/** Takes a value by several kinds of schema, all of which allow any key. */
const ANY_KEYS: readonly (readonly [string, z.ZodType])[] = [
  ["any", z.any()],
  ["unknown", z.unknown()],
  ["a loose object", z.looseObject({})],
  ["a catchall", z.object({}).catchall(z.unknown())],
  ["a record", z.record(z.string(), z.unknown())],
  ["a loose object that transforms", z.looseObject({}).transform((value) => value)],
  ["a custom check", z.custom<object>((value) => typeof value === "object")],
  ["an intersection", z.intersection(z.looseObject({}), z.looseObject({}))],
];

/** Every object in a value that does not have the prototype of a plain object or a list. */
function strangePrototypes(value: unknown, path = "value"): string[] {
  if (typeof value !== "object" || value === null) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  const strange =
    prototype === null || prototype === (Array.isArray(value) ? Array.prototype : Object.prototype) ? [] : [path];
  return [
    ...strange,
    ...Reflect.ownKeys(value).flatMap((key) =>
      strangePrototypes(Object.getOwnPropertyDescriptor(value, key)!.value, `${path}.${String(key)}`),
    ),
  ];
}

/** The value that reaches a node with this schema, by one way of supplying it. */
async function received(schema: z.ZodType, supply: Supply, runtime: RuntimeOptions): Promise<unknown> {
  let seen: unknown;
  const node = defineNode({
    name: "n",
    input: z.object({ x: schema }),
    output: z.object({ y: schema }),
    run: ({ x }) => ((seen = x), wrong({ y: x })),
  });
  const flow = new Workflow<never>("w", { input: z.object({ x: schema.optional() }) as never });
  const result = await withinDeadline(() => execute(wrong(flow), supply(flow, node as never), runtime));
  expect(strangePrototypes(result.results)).toEqual([]);
  return seen;
}

type Supply = (flow: Workflow<never>, node: never) => object;

const WAYS: readonly (readonly [string, Supply])[] = [
  [
    "a literal",
    (flow, node) => {
      flow.addNode("n", node, wrong({ x: hostile() }));
      return {};
    },
  ],
  [
    "a parameter",
    (flow, node) => {
      flow.addNode("n", node);
      return { parameters: { n: { x: hostile() } } };
    },
  ],
  [
    "the workflow's input",
    (flow, node) => {
      flow.addNode("n", node, wrong({ x: wrong(flow.input)["x"] }));
      return { input: { x: hostile() } };
    },
  ],
  [
    "an output",
    (flow, node) => {
      flow.addNode(
        "n",
        node,
        wrong({
          x: flow.addNode(
            "a",
            doing(() => ({ value: hostile() })),
          ).out.value,
        }),
      );
      return {};
    },
  ],
  [
    "a literal with a reference inside",
    (flow, node) => {
      const ref = flow.addNode("a", one).out.value;
      flow.addNode("n", node, wrong({ x: Object.assign(hostile(), { ref }) }));
      return {};
    },
  ],
];

describe.each(MODES)("V4: no key reaches a prototype (%s)", (connectionValidation) => {
  describe.each(ANY_KEYS)("%s", (_, schema) => {
    test.each(WAYS)("%s", async (_way, supply) => {
      const seen = await received(schema, supply, { connectionValidation });
      expect(strangePrototypes(seen)).toEqual([]);
      expect((seen as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.hasOwn(seen as object, "constructor"), "constructor is data").toBe(true);
    });
  });

  test("a declared object drops what it does not declare, at any depth", async () => {
    const schema = z.object({ rows: z.array(z.object({ deep: z.object({}) })) });
    const outcome = await received(schema, WAYS[0]![1], { connectionValidation }).catch((error: unknown) => error);
    if (connectionValidation === "strict") expect(outcome).toMatchObject({ code: "connection_invalid" });
    if (connectionValidation === "warn") expect(outcome).toEqual({ rows: [{ deep: {} }] });
    expect(strangePrototypes(outcome instanceof Error ? {} : outcome)).toEqual([]);
  });

  test("outputs named like a prototype's parts stay out of it", async () => {
    const flow = new Workflow("w");
    const node = flow.addNode(
      "a",
      doing(() => ({ ...hostile(), value: 1, ["__proto__"]: { polluted: 1 } })),
    );
    const error = await errorOf(async () => {
      const { value, polluted } = (await execute(flow, {}, { connectionValidation })).get(node) as {
        value: number;
        polluted?: number;
      };
      expect(value).toBe(1);
      if (connectionValidation === "warn") expect(polluted).toBeUndefined();
    });
    if (connectionValidation === "strict") expect(error).toMatchObject({ code: "connection_invalid" });
    else expect(error).toBeUndefined();
  });

  test("state keeps such keys as data from one iteration to the next (C8)", async () => {
    const seen: unknown[] = [];
    const keeps = defineNode({
      name: "keeps",
      input: z.object({ value: z.number() }),
      output: z.object({ value: z.number() }),
      retry: { attempts: 2, delayMs: 0 },
      run: ({ value }, { state }) => {
        seen.push(strangePrototypes(state["kept"]));
        state["kept"] = hostile();
        return { value };
      },
    });
    const flow = new Workflow("w");
    const step = flow.addNode("s", keeps, { value: 1 });
    flow.createCycle("c").connect(step.out.value, step.in.value).maxIterations(3).build();
    await withinDeadline(() => execute(flow, {}, { connectionValidation }));
    expect(seen).toEqual([[], [], []]);
  });
});

test("V4: a path named like a prototype's part reads own keys only", async () => {
  const flow = new Workflow("w");
  const source = flow.addNode(
    "s",
    doing(() => ({ value: { own: 1 } })),
  );
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  names.forEach((name, i) => flow.addNode(`n${i}`, echo).id && flow.connect(`s.value.${name}`, `n${i}.value`));
  flow.addNode("again", increment, wrong({ value: wrong(source.out.value)["constructor"]["name"]["length"] }));
  const { nodes } = await withinDeadline(() => execute(flow));
  expect(Object.entries(nodes).map(([id, { status }]) => `${id} ${status}`)).toEqual([
    "s completed",
    "n0 skipped",
    "n1 skipped",
    "n2 skipped",
    "n3 skipped",
    "again skipped",
  ]);
});

test("V3: a hostile key is told in a violation, and its value is not", async () => {
  const lines: string[] = [];
  const logger = { warn: (_: object, line: string) => lines.push(line), child: () => logger, error: () => undefined };
  const node = defineNode({
    name: "n",
    input: z.object({ x: z.object({ a: z.number() }) }),
    output: z.object({}),
    run: () => ({}),
  });
  const flow = new Workflow("w");
  flow.addNode("n", node, { x: wrong(JSON.parse('{"a": 1, "__proto__": { "secret": "hunter2" }}')) });
  await execute(flow, {}, { logger: wrong(logger) });
  expect(lines.join("\n")).toContain("__proto__");
  expect(lines.join("\n")).not.toContain("hunter2");
});
