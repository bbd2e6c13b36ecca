import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { doing, execute, executeNode, increment } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, type WrongProgram, wrong } from "./wrong-program.fixture.ts";

const trap = (): never => {
  throw new Error("trap");
};

/** Everything that somebody may throw. */
const THROWN: readonly (readonly [name: string, make: () => unknown])[] = [
  ["an Error", () => new RangeError("simulated")],
  ["a text", () => "text"],
  ["an empty text", () => ""],
  ["undefined", () => undefined],
  ["null", () => null],
  ["a number", () => Number.NaN],
  ["a BigInt", () => 5n],
  ["a Symbol", () => Symbol("s")],
  ["a function", () => () => 1],
  ["a frozen Error", () => Object.freeze(new Error("frozen"))],
  ["a frozen object", () => Object.freeze({ code: "node_timeout", message: "not ours" })],
  ["an object without a prototype", () => Object.create(null)],
  [
    "a Proxy whose traps throw",
    () => new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap, getOwnPropertyDescriptor: trap }),
  ],
  [
    "a revoked Proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  ["an Error whose message throws", () => Object.defineProperty(new Error("x"), "message", { get: trap })],
  ["an Error whose stack throws", () => Object.defineProperty(new Error("x"), "stack", { get: trap })],
  ["an Error whose message is no text", () => Object.assign(new Error("x"), { message: { toString: trap } })],
  [
    "an Error that causes itself",
    () => {
      const error: Error = new Error("x");
      error.cause = error;
      return error;
    },
  ],
  ["an object whose toString throws", () => ({ toString: trap, [Symbol.toPrimitive]: trap })],
  ["a thenable that never settles", () => ({ then: () => undefined })],
  ["an Error with a megabyte of message", () => new Error("x".repeat(1_000_000))],
  ["an Error that pretends to be ours", () => Object.assign(new Error("x"), { code: "cancelled", details: {} })],
  ["an AggregateError", () => new AggregateError([new Error("a"), undefined], "several")],
];

/** The same with everything that may be thrown. */
const each = (code: WrongProgram[2], use: (fail: () => never) => unknown): WrongProgram[] =>
  THROWN.map(([name, make]) => [
    name,
    () =>
      use(() => {
        throw make();
      }),
    code,
  ]);

testWrongPrograms(
  "a node throws (E5)",
  each("node_failed", (fail) => executeNode(doing(fail))),
);
testWrongPrograms(
  "a node rejects (E5)",
  each("node_failed", (fail) => executeNode(doing(async () => fail()))),
);
testWrongPrograms(
  "a node throws while it is retried (E4)",
  each("node_failed", (fail) => executeNode(doing(fail), { retry: { attempts: 3, delayMs: 0 } })),
);
testWrongPrograms(
  "retryOn throws (E4)",
  each("node_failed", (fail) => executeNode(doing(trap), { retry: { attempts: 3, delayMs: 0, retryOn: fail } })),
);
testWrongPrograms(
  "a node of a map throws (E5)",
  each("node_failed", (fail) => {
    const flow = new Workflow("w");
    flow.addMap("m", defineNode({ name: "m", input: z.object({ x: z.number() }), output: z.object({}), run: fail }), {
      each: { x: [1, 2, 3] },
    });
    return execute(flow);
  }),
);

/** A cycle over a counter. */
const cycle = (say: (flow: Workflow, builder: ReturnType<Workflow["createCycle"]>) => unknown): Promise<unknown> => {
  const flow = new Workflow("w");
  const step = flow.addNode("step", increment, { value: 0 });
  const builder = flow.createCycle("c").connect(step.out.value, step.in.value).maxIterations(3);
  say(flow, builder);
  builder.build();
  return execute(flow);
};

testWrongPrograms(
  "a predicate throws (C3)",
  each("expression_failed", (fail) => cycle((_, c) => c.convergeWhen(wrong(stepOf(_)), fail))),
);
testWrongPrograms(
  "a condition throws (C6)",
  each("expression_failed", (fail) => cycle((_, c) => c.continueWhile(wrong(stepOf(_)), fail))),
);

function stepOf(flow: Workflow): unknown {
  return flow.addNode("read", increment, { value: 0 }).out.value;
}

testWrongPrograms(
  "a predicate gives no boolean (C3)",
  [undefined, null, 0, 1, "true", {}, Promise.resolve(true), Number.NaN].map((answer): WrongProgram => [
    JSON.stringify(answer) ?? "undefined",
    () => cycle((flow, c) => c.convergeWhen(wrong(stepOf(flow)), () => wrong(answer))),
    "expression_failed",
  ]),
);

testWrongPrograms(
  "a schema's refinement throws (V2)",
  each("connection_invalid", (fail) => {
    const flow = new Workflow("w");
    flow.addNode(
      "a",
      defineNode({ name: "a", input: z.object({ x: z.number().refine(fail) }), output: z.object({}), run: () => ({}) }),
      { x: 1 },
    );
    return execute(flow);
  }),
);

testWrongPrograms(
  "an asynchronous refinement rejects (V7)",
  each("connection_invalid", (fail) => {
    const flow = new Workflow("w");
    flow.addNode(
      "a",
      defineNode({
        name: "a",
        input: z.object({ x: z.number().refine(async () => fail()) }),
        output: z.object({}),
        run: () => ({}),
      }),
      { x: 1 },
    );
    return execute(flow);
  }),
);

describe("E5: what was thrown is the cause, whatever it was", () => {
  test.each(THROWN)("%s", async (_, make) => {
    const thrown = make();
    const error = (await errorOf(() =>
      executeNode(
        doing(() => {
          throw thrown;
        }),
      ),
    )) as Error & { nodeId: string; errors: { cause: unknown }[] };
    expect(Object.is(error.cause, thrown)).toBe(true);
    expect(Object.is(error.errors[0]!.cause, thrown)).toBe(true);
    expect(error.nodeId).toBe("node");
    expect(error.message).toMatch(/^node "node" failed: /);
  });
});
