import { expect, test } from "vitest";
import { defineNode } from "../define/node.ts";
import { z } from "zod";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { validate } from "../validate/validate.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, type WrongProgram, wrong } from "./wrong-program.fixture.ts";

const runtime =
  (options: object | null): (() => unknown) =>
  () =>
    new InlineRuntime(wrong(options));
const run = (options: unknown) => (): unknown => {
  const flow = new Workflow("w", { input: z.object({ size: z.number().optional() }) });
  flow.addNode("a", increment, { value: 1 });
  return new InlineRuntime().execute(flow, wrong(options));
};
const stream = (options: unknown) => async (): Promise<unknown> => {
  for await (const event of new InlineRuntime().stream(new Workflow("w"), wrong(options))) void event;
  return undefined;
};

testWrongPrograms("options of a runtime", [
  ["null", runtime(null), "invalid_option"],
  ["a text", () => new InlineRuntime(wrong("strict")), "invalid_option"],
  ["a misspelt name", runtime({ conectionValidation: "strict" }), "invalid_option"],
  ["a mode in capitals (V1)", runtime({ connectionValidation: "STRICT" }), "invalid_option"],
  ["a mode that is true (V1)", runtime({ connectionValidation: true }), "invalid_option"],
  ["a mode that is null (V1)", runtime({ connectionValidation: null }), "invalid_option"],
  ["a mode that is a BigInt (V1)", runtime({ connectionValidation: 5n }), "invalid_option"],
  ["a mode that is __proto__ (V1)", runtime({ connectionValidation: "__proto__" }), "invalid_option"],
  ["collectMetrics as a text", runtime({ collectMetrics: "yes" }), "invalid_option"],
  ["onFailure unknown", runtime({ onFailure: "ignore" }), "invalid_option"],
  ["onFailure a BigInt", runtime({ onFailure: 5n }), "invalid_option"],
  ["an observer that is no list", runtime({ observers: { onEvent: () => undefined } }), "invalid_option"],
  ["an observer without onEvent", runtime({ observers: [{}] }), "invalid_option"],
  ["an observer that is null", runtime({ observers: [null] }), "invalid_option"],
  ["a logger that is none", runtime({ logger: 5 }), "invalid_option"],
  ["a logger without child()", runtime({ logger: { warn: () => undefined } }), "invalid_option"],
  ["a clock that is none", runtime({ clock: {} }), "invalid_option"],
  ["a random that is a number", runtime({ random: 0.5 }), "invalid_option"],
  ["retry that is null", runtime({ retry: null }), "invalid_option"],
  ["retry that is a number", runtime({ retry: 3 }), "invalid_option"],
  ["retry without attempts", runtime({ retry: {} }), "invalid_option"],
  ["retry with a misspelt field", runtime({ retry: { attempts: 2, delay: 5 } }), "invalid_option"],
  ["retry with an unknown backoff", runtime({ retry: { attempts: 2, backoff: "fibonacci" } }), "invalid_option"],
  ["retry with a retryOn that is no function", runtime({ retry: { attempts: 2, retryOn: [Error] } }), "invalid_option"],
  ["groupLimits that are null", runtime({ groupLimits: null }), "invalid_option"],
  ["groupLimits that are a number", runtime({ groupLimits: 5 }), "invalid_option"],
  ["groupLimits that are a list", runtime({ groupLimits: [5] }), "invalid_option"],
]);

testWrongPrograms("options of a run", [
  ["null", run(null), "invalid_option"],
  ["a list", run([]), "invalid_option"],
  ["a text", run("fast"), "invalid_option"],
  ["a misspelt name", run({ paramters: {} }), "invalid_option"],
  ["an option of the runtime", run({ connectionValidation: "off" }), "invalid_option"],
  ["a signal that is a controller (K1)", run({ signal: new AbortController() }), "invalid_option"],
  ["a signal that is null (K1)", run({ signal: null }), "invalid_option"],
  ["an empty runId", run({ runId: "" }), "invalid_option"],
  ["a runId that is a number", run({ runId: 5 }), "invalid_option"],
  ["itemEvents that are a text", run({ itemEvents: "yes" }), "invalid_option"],
  ["observers that are a function", run({ observers: () => undefined }), "invalid_option"],
  ["a signal that is none, in stream", stream({ signal: {} }), "invalid_option"],
  ["observers that are no list, in stream", stream({ observers: 5 }), "invalid_option"],
  ["null, in stream", stream(null), "invalid_option"],
  ["null, in check", () => new InlineRuntime().check(new Workflow("w"), wrong(null)), "invalid_option"],
]);

testWrongPrograms("parameters and inputs (S7)", [
  ["null", run({ parameters: null }), "unknown_parameter"],
  [
    "null, with an input missing",
    () => {
      const flow = new Workflow("w");
      flow.addNode("a", increment);
      return execute(flow, { parameters: wrong(null) });
    },
    "workflow_invalid",
  ],
  ["a list", run({ parameters: [] }), "unknown_parameter"],
  ["a text", run({ parameters: "a.value=1" }), "unknown_parameter"],
  ["an unknown node", run({ parameters: { b: {} } }), "unknown_parameter"],
  ["an unknown port", run({ parameters: { a: { valeu: 1 } } }), "unknown_parameter"],
  ["a value without a port", run({ parameters: { a: 5 } }), "unknown_parameter"],
  ["null for a node", run({ parameters: { a: null } }), "unknown_parameter"],
  [
    "an object without a prototype for a node",
    run({ parameters: { a: Object.assign(Object.create(null), { valeu: 1 }) } }),
    "unknown_parameter",
  ],
  ["__proto__ as a node", run({ parameters: JSON.parse('{"__proto__": {"polluted": 1}}') }), "unknown_parameter"],
  [
    "__proto__ as a port",
    run({ parameters: JSON.parse('{"a": {"__proto__": {"polluted": 1}}}') }),
    "unknown_parameter",
  ],
  ["constructor as a node", run({ parameters: { constructor: { prototype: { polluted: 1 } } } }), "unknown_parameter"],
  ["constructor as a port", run({ parameters: { a: { constructor: 1 } } }), "unknown_parameter"],
  ["an input that is not declared", run({ input: { speed: 1 } }), "unknown_parameter"],
  ["an input that is null", run({ input: null }), "unknown_parameter"],
  ["an input that is a list", run({ input: [] }), "unknown_parameter"],
  ["__proto__ as an input", run({ input: JSON.parse('{"__proto__": 1}') }), "unknown_parameter"],
  [
    "a required input not given",
    () => execute(wrong(new Workflow("w", { input: z.object({ x: z.number() }) }))),
    "missing_input",
  ],
  [
    "a required input given as undefined",
    () => execute(wrong(new Workflow("w", { input: z.object({ x: z.number() }) })), { input: { x: undefined } }),
    "missing_input",
  ],
]);

const NO_WORKFLOWS: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["undefined", undefined],
  ["a text", "flow"],
  ["an object", {}],
  ["a node", one],
  ["a document", { format: "polyloom/workflow", version: 1 }],
  ["what pretends to be one", { kind: "workflow" }],
  ["a class", Workflow],
];

testWrongPrograms(
  "what is no workflow",
  NO_WORKFLOWS.flatMap(([name, value]): WrongProgram[] => [
    [`execute: ${name}`, () => new InlineRuntime().execute(wrong(value)), "invalid_definition"],
    [`check: ${name}`, () => new InlineRuntime().check(wrong(value)), "invalid_definition"],
    [`validate: ${name}`, () => validate(wrong(value)), "invalid_definition"],
    [
      `stream: ${name}`,
      async () => {
        for await (const event of new InlineRuntime().stream(wrong(value))) void event;
      },
      "invalid_definition",
    ],
  ]),
);

const define = (spec: unknown) => (): unknown => defineNode(wrong(spec));
const empty = z.object({});
const sound = { name: "n", input: empty, output: empty, run: () => ({}) };

testWrongPrograms("settings of nodes, maps and workflows", [
  ["a node of nothing", define(undefined), "invalid_definition"],
  ["a node of null", define(null), "invalid_definition"],
  ["a node without run", define({ name: "n", input: empty, output: empty }), "invalid_definition"],
  ["a node whose run is no function", define({ ...sound, run: "run" }), "invalid_definition"],
  ["a node with a misspelt setting", define({ ...sound, timeout: 5 }), "invalid_option"],
  ["a node whose group is no text", define({ ...sound, group: 5 }), "invalid_option"],
  ["a node whose retry is null", define({ ...sound, retry: null }), "invalid_option"],
  ["a node whose retry has a misspelt field", define({ ...sound, retry: { attempts: 2, delay: 1 } }), "invalid_option"],
  ["a map of nothing", () => new Workflow("w").addMap("m", echo, wrong(undefined)), "invalid_option"],
  ["a map without each", () => new Workflow("w").addMap("m", echo, wrong({})), "invalid_definition"],
  ["a map whose each is empty", () => new Workflow("w").addMap("m", echo, { each: wrong({}) }), "invalid_option"],
  ["a map whose each is a list", () => new Workflow("w").addMap("m", echo, { each: wrong([1]) }), "invalid_definition"],
  [
    "a map with a misspelt setting",
    () => new Workflow("w").addMap("m", echo, wrong({ each: { value: [1] }, chunksize: 5 })),
    "invalid_option",
  ],
  [
    "a map with one port in each and in with",
    () => new Workflow("w").addMap("m", echo, wrong({ each: { value: [1] }, with: { value: 1 } })),
    "conflicting_source",
  ],
  [
    "a map whose chunkBy is no port of each",
    () => new Workflow("w").addMap("m", echo, { each: { value: [1] }, chunkBy: "key" }),
    "invalid_option",
  ],
  [
    "a map whose chunkBy is no text",
    () => new Workflow("w").addMap("m", echo, { each: { value: [1] }, chunkBy: wrong(5) }),
    "invalid_option",
  ],
  [
    "a map over a number",
    () => {
      const f = new Workflow("w");
      f.addMap("m", echo, { each: { value: wrong(5) } });
      return execute(f);
    },
    "map_input_invalid",
  ],
  [
    "a map over a text",
    () => {
      const f = new Workflow("w");
      f.addMap("m", echo, { each: { value: wrong("abc") } });
      return execute(f);
    },
    "map_input_invalid",
  ],
  [
    "a map over an object with a length",
    () => {
      const f = new Workflow("w");
      f.addMap("m", echo, { each: { value: wrong({ length: 1e9 }) } });
      return execute(f);
    },
    "map_input_invalid",
  ],
  [
    "a map over an unknown port",
    () => {
      const f = new Workflow("w");
      f.addMap("m", one, { each: wrong({ value: [1] }) });
      return execute(f);
    },
    "unknown_port",
  ],
  ["a workflow with options that are null", () => new Workflow("w", wrong(null)), "invalid_option"],
  ["a workflow with a misspelt option", () => new Workflow("w", wrong({ inputs: empty })), "invalid_option"],
]);

test("an unknown option is answered with the nearest known one", async () => {
  const errors = await Promise.all([errorOf(runtime({ colectMetrics: true })), errorOf(run({ timeoutMS: 5 }))]);
  expect(errors.map((error) => (error as Error).message)).toEqual([
    'runtime has no option "colectMetrics"; did you mean "collectMetrics"?',
    'execute has no option "timeoutMS"; did you mean "timeoutMs"?',
  ]);
});
