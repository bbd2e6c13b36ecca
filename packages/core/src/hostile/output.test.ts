import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { ValidationMode } from "../execute/values.ts";
import { doing, echo, execute, executeNode } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, withinDeadline, type WrongProgram } from "./wrong-program.fixture.ts";

const MODES: readonly ValidationMode[] = ["off", "warn", "strict"];
const trap = (): never => {
  throw new Error("trap");
};

const NO_OBJECTS: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 5],
  ["a text", "value"],
  ["a boolean", true],
  ["a BigInt", 5n],
  ["a Symbol", Symbol("s")],
  ["a list", [{ value: 1 }]],
  ["a function", () => ({ value: 1 })],
];

testWrongPrograms(
  "a node returns what is no object (E5)",
  MODES.flatMap((mode) =>
    NO_OBJECTS.flatMap(([name, value]): WrongProgram[] => [
      [
        `${name} (${mode})`,
        () =>
          executeNode(
            doing(() => value),
            { connectionValidation: mode },
          ),
        "invalid_output",
      ],
      [
        `a promise of ${name} (${mode})`,
        () =>
          executeNode(
            doing(() => Promise.resolve(value)),
            { connectionValidation: mode },
          ),
        "invalid_output",
      ],
    ]),
  ),
);

testWrongPrograms("a node returns a thenable (E5)", [
  ["whose then throws", () => executeNode(doing(() => ({ then: trap }))), "node_failed"],
  [
    "whose then is a getter that throws",
    () =>
      executeNode(
        doing(() => ({
          get then() {
            return trap();
          },
        })),
      ),
    "node_failed",
  ],
  [
    "that rejects",
    () => executeNode(doing(() => ({ then: (_: unknown, reject: (error: unknown) => void) => reject("no") }))),
    "node_failed",
  ],
  [
    "that rejects after it resolved, twice",
    () =>
      executeNode(
        doing(() => ({
          then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
            resolve(5);
            reject(new Error("late"));
            resolve({ value: 1 });
            throw new Error("later");
          },
        })),
      ),
    "invalid_output",
  ],
  [
    "that resolves with a thenable that rejects",
    () =>
      executeNode(
        doing(() => ({ then: (resolve: (value: unknown) => void) => resolve(Promise.reject(new Error("no"))) })),
      ),
    "node_failed",
  ],
  [
    "that never settles, with a timeout of nodes",
    () =>
      executeNode(
        doing(() => ({ then: () => undefined })),
        { nodeTimeoutMs: 5, graceMs: 5 },
      ),
    "node_timeout",
  ],
  [
    "that never settles, with a timeout of the run",
    () =>
      executeNode(
        doing(() => new Promise(() => undefined)),
        { timeoutMs: 5, graceMs: 5 },
      ),
    "run_timeout",
  ],
  [
    "that never settles, with a signal",
    () => {
      const flow = new Workflow("w");
      flow.addNode(
        "a",
        doing(() => new Promise(() => undefined)),
      );
      const controller = new AbortController();
      queueMicrotask(() => controller.abort());
      return execute(flow, { signal: controller.signal }, { graceMs: 0 });
    },
    "cancelled",
  ],
]);

test("E5: a thenable that calls back twice counts once", async () => {
  const twice = doing(() => ({
    then: (resolve: (value: unknown) => void) => {
      resolve({ value: 1 });
      resolve({ value: 2 });
    },
  }));
  expect((await withinDeadline(() => executeNode(twice))).results).toEqual({ node: { value: 1 } });
});

/** Outputs that are objects of a kind, but fight back when they are read. */
const FIGHTING: readonly (readonly [string, () => unknown])[] = [
  ["a getter that throws", () => Object.defineProperty({}, "value", { enumerable: true, get: trap })],
  ["a Proxy whose get throws", () => new Proxy({}, { get: (_, key) => (key === "then" ? undefined : trap()) })],
  ["a Proxy whose ownKeys throws", () => new Proxy({ value: 1 }, { ownKeys: trap })],
  [
    "a revoked Proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  [
    "a port whose value is a revoked Proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return { value: proxy };
    },
  ],
  [
    "a getter that throws, deep inside",
    () => ({ value: { rows: [Object.defineProperty({}, "x", { enumerable: true, get: trap })] } }),
  ],
  [
    "a getter that throws when it is read again",
    () => {
      let reads = 0;
      return Object.defineProperty({}, "value", { enumerable: true, get: () => (++reads > 1 ? trap() : 1) });
    },
  ],
];

/** The reference to a place inside of what nobody declared. */
const deep = (ref: unknown): unknown => (ref as { rows: { at: (index: number) => { x: unknown } } }).rows.at(0).x;

const tidy = defineNode({
  name: "tidy",
  input: z.object({ value: z.any() }),
  output: z.object({ ok: z.boolean() }),
  run: () => ({ ok: true }),
});

describe.each(MODES)(
  "outputs that fight back end in a failure of a node, never in a crash (%s)",
  (connectionValidation) => {
    test.each(FIGHTING)("%s", async (_, make) => {
      for (const run of [make, async () => make()]) {
        const flow = new Workflow("w");
        const node = flow.addNode("a", doing(run));
        flow.addNode("b", tidy, { value: node.out.value });
        flow.addNode("c", tidy, { value: deep(node.out.value) });
        const error = (await errorOf(() => execute(flow, {}, { connectionValidation }))) as
          | { code?: string }
          | undefined;
        if (error !== undefined) expect(["node_failed", "connection_invalid", "invalid_output"]).toContain(error.code);
      }
    });
  },
);

test("K2: what a node gives after its timeout is dropped", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const runtime = new InlineRuntime({ nodeTimeoutMs: 5, graceMs: 0, collectMetrics: true });
  const flow = new Workflow("w");
  flow.addNode(
    "a",
    doing(() => promise),
  );
  expect(await errorOf(() => runtime.execute(flow))).toMatchObject({ code: "node_timeout" });
  resolve({ value: 1 });
  expect(await withinDeadline(() => runtime.execute(new Workflow("empty")))).toMatchObject({ status: "completed" });
});

test("D1: a port that holds a function passes to the next node where memory is shared", async () => {
  const flow = new Workflow("w");
  const node = flow.addNode(
    "a",
    doing(() => ({ value: () => 7 })),
  );
  const next = flow.addNode("b", echo, { value: node.out.value });
  expect((await execute(flow)).get(next).value()).toBe(7);
});
