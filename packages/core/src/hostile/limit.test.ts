import { z } from "zod";
import { delta, fixpoint, plateau } from "../define/criterion.ts";
import { defineNode } from "../define/node.ts";
import type { RetryPolicy } from "../define/retry-policy.ts";
import { Workflow } from "../define/workflow.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { echo, execute, increment } from "./nodes.fixture.ts";
import { testWrongPrograms, type WrongProgram, wrong } from "./wrong-program.fixture.ts";

/** What no limit can be, whatever it limits. */
const NEVER: readonly unknown[] = [
  Number.NaN,
  -1,
  Infinity,
  -Infinity,
  "5",
  "",
  null,
  5n,
  {},
  [],
  Object.create(null),
  Symbol("5"),
];

const show = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? "[]"
      : Object.getPrototypeOf(value) === null
        ? "a bare object"
        : "{}"
    : `${typeof value} ${String(value)}`;

/** The same option with every value that it cannot have. */
function refuses(
  name: string,
  code: WrongProgram[2],
  use: (value: never) => unknown,
  also: readonly unknown[] = [],
): WrongProgram[] {
  return [...NEVER, ...also].map((value) => [`${name}: ${show(value)}`, () => use(wrong(value)), code]);
}

const cycle = (): ReturnType<Workflow["createCycle"]> => new Workflow("w").createCycle("c");
const ref = new Workflow("w").addNode("a", increment, { value: 0 }).out.value;
const map = (settings: object): unknown => new Workflow("w").addMap("m", echo, { each: { value: [1] }, ...settings });
const runtime = (options: RuntimeOptions): unknown => new InlineRuntime(options);
const retry = (policy: Partial<RetryPolicy>): unknown => runtime({ retry: { attempts: 2, ...policy } });
const node = (settings: object): unknown =>
  defineNode({ name: "n", input: z.object({}), output: z.object({}), run: () => ({}), ...settings });

testWrongPrograms("limits of cycles (G5)", [
  ...refuses("maxIterations", "cycle_limit_invalid", (n) => cycle().maxIterations(n), [0, 1.5]),
  ...refuses("timeout", "cycle_limit_invalid", (n) => cycle().timeout(n), [0]),
  ...refuses("historyWindow", "cycle_limit_invalid", (n) => cycle().historyWindow(n), [0, 1.5]),
]);

testWrongPrograms("limits of criteria (C3)", [
  ...refuses("delta's tolerance", "invalid_option", (n) => delta(ref, n), [0]),
  ...refuses("plateau's tolerance", "invalid_option", (n) => plateau(ref, { tolerance: n })).filter(
    ([name]) => !name.includes("null"),
  ),
  ...refuses("patience", "invalid_option", (n) => fixpoint(ref, { patience: n }), [0, 1.5]),
]);

testWrongPrograms("limits of maps (S9)", [
  ...refuses("chunkSize", "invalid_option", (n) => map({ chunkSize: n }), [0, 1.5]),
  ...refuses("concurrency", "invalid_option", (n) => map({ concurrency: n }), [0, 1.5]),
]);

testWrongPrograms("limits of nodes", [
  ...refuses("timeoutMs", "invalid_option", (n) => node({ timeoutMs: n }), [0]),
  ...refuses("retry.attempts", "invalid_option", (n) => node({ retry: { attempts: n } }), [0, 1.5]),
]);

testWrongPrograms("limits of runtimes", [
  ...refuses("timeoutMs", "invalid_option", (n) => runtime({ timeoutMs: n }), [0]),
  ...refuses("nodeTimeoutMs", "invalid_option", (n) => runtime({ nodeTimeoutMs: n }), [0]),
  ...refuses("graceMs", "invalid_option", (n) => runtime({ graceMs: n })),
  ...refuses("groupLimits", "invalid_option", (n) => runtime({ groupLimits: { group: n } }), [0, 1.5]),
  ...refuses("retry.attempts", "invalid_option", (n) => retry({ attempts: n }), [0, 1.5]),
  ...refuses("retry.delayMs", "invalid_option", (n) => retry({ delayMs: n })),
  ...refuses("retry.maxDelayMs", "invalid_option", (n) => retry({ maxDelayMs: n })),
  ...refuses("retry.jitter", "invalid_option", (n) => retry({ jitter: n }), [1.1]),
]);

testWrongPrograms("limits of runs", [
  ...refuses("timeoutMs", "invalid_option", (n) => execute(new Workflow("w"), { timeoutMs: n }), [0]),
]);
