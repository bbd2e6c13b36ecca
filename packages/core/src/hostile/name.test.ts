import { expect, test } from "vitest";
import { z } from "zod";
import { defineFunction } from "../define/defined-function.ts";
import { defineNode } from "../define/node.ts";
import { switchOn } from "../define/branch.ts";
import { Workflow } from "../define/workflow.ts";
import { execute, one } from "./nodes.fixture.ts";
import { testWrongPrograms, withinDeadline, type WrongProgram, wrong } from "./wrong-program.fixture.ts";

const WRONG_NAMES: readonly unknown[] = [
  "",
  ".",
  "a.b",
  "a/b",
  "a[0]",
  "]",
  "__proto__",
  undefined,
  null,
  0,
  5n,
  Symbol("a"),
  {},
  [],
  Object.create(null),
  () => "a",
];
const show = (value: unknown): string =>
  typeof value === "object" && value !== null ? "an object" : `${typeof value} ${String(value)}`;
const each = (code: WrongProgram[2], use: (name: never) => unknown): WrongProgram[] =>
  WRONG_NAMES.map((name) => [show(name), () => use(wrong(name)), code]);

testWrongPrograms(
  "ids of nodes (G1)",
  each("invalid_node_id", (id) => new Workflow("w").addNode(id, one)),
);
testWrongPrograms(
  "ids of maps (G1)",
  each("invalid_node_id", (id) => new Workflow("w").addMap(id, one, wrong({ each: { a: [] } }))),
);
testWrongPrograms(
  "names of cycles (G4)",
  each("cycle_name_invalid", (name) => new Workflow("w").createCycle(name)),
);

const PORTS = ["", "a.b", "a/b", "a[0]", "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
const shape = (port: string): z.ZodRawShape => Object.fromEntries([[port, z.number()]]);

testWrongPrograms(
  "names of ports (G1)",
  PORTS.flatMap((port): WrongProgram[] => [
    [
      `input "${port}"`,
      () => defineNode({ name: "n", input: z.object(shape(port)), output: z.object({}), run: () => ({}) }),
      "invalid_schema",
    ],
    [
      `output "${port}"`,
      () => defineNode({ name: "n", input: z.object({}), output: z.object(shape(port)), run: () => wrong({}) }),
      "invalid_schema",
    ],
    [`input "${port}" of a workflow`, () => new Workflow("w", { input: z.object(shape(port)) }), "invalid_schema"],
  ]),
);

testWrongPrograms("names of nodes, functions and cases", [
  [
    "a node without a name",
    () => defineNode(wrong({ input: z.object({}), output: z.object({}), run: () => ({}) })),
    "invalid_definition",
  ],
  [
    "a node with an empty name",
    () => defineNode({ name: "", input: z.object({}), output: z.object({}), run: () => ({}) }),
    "invalid_definition",
  ],
  ["a function without a name", () => defineFunction("", () => true), "invalid_definition"],
  ["what is no function", () => defineFunction("f", wrong(5)), "invalid_definition"],
  ["a case named __proto__", () => switchOn(z.number(), JSON.parse('{"__proto__": 1}') as never), "invalid_definition"],
  ["a case with a dot", () => switchOn(z.number(), { "a.b": () => true }), "invalid_schema"],
  ["a case that is called like the rest", () => switchOn(z.number(), { default: () => true }), "invalid_definition"],
]);

test.each(["constructor", "prototype", "toString", "hasOwnProperty", "then", "valueOf", "é", "名", " "])(
  "G1: %j is an id like any other",
  async (id) => {
    const flow = new Workflow("w");
    const node = flow.addNode(id, one);
    const result = await withinDeadline(() => execute(flow));
    expect(result.get(node)).toEqual({ value: 1 });
    expect(Object.entries(result.results)).toEqual([[id, { value: 1 }]]);
    expect(result.nodes[id]!.status).toBe("completed");
  },
);
