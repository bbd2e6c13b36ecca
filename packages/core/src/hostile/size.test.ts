import { expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { echo, execute, one } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, withinDeadline, wrong } from "./wrong-program.fixture.ts";

const LONG = "x".repeat(1_000_000);

/** A value whose parts are shared: 2 to the power of `depth` paths, and `depth` objects. */
function shared(depth: number, innermost: unknown): unknown {
  let value: unknown = [innermost];
  for (let i = 0; i < depth; i++) value = [value, value];
  return value;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}

const connected = (from: string, to: string): unknown => {
  const flow = new Workflow("w");
  flow.addNode("a", one);
  flow.addNode("b", echo, { value: 1 });
  flow.addNode(`${LONG}a`, one);
  return execute(flow.connect(from, to));
};

testWrongPrograms("names of a megabyte", [
  ["an unknown node beside one as long", () => connected(`${LONG}b.value`, "b.value"), "unknown_node"],
  ["an unknown output", () => connected(`a.${LONG}`, "b.value"), "unknown_port"],
  ["an unknown input", () => connected("a.value", `a.${LONG}`), "unknown_port"],
  ["indexes without end", () => connected(`a.${"[1]".repeat(300_000)}x`, "b.value"), "unknown_port"],
  ["dots without end", () => connected(".".repeat(1_000_000), "b.value"), "unknown_port"],
  [
    "an expression",
    () => {
      const flow = new Workflow("w");
      const step = flow.addNode("a", echo, { value: 1 });
      flow.createCycle("c").connect(step.out.value, step.in.value).maxIterations(2).convergeWhen(`${LONG} < 1`).build();
      return execute(flow);
    },
    "expression_invalid",
  ],
  ["an unknown parameter", () => execute(new Workflow("w"), { parameters: { [LONG]: {} } }), "unknown_parameter"],
  ["an unknown option", () => execute(new Workflow("w"), { [LONG]: 1 } as never), "invalid_option"],
]);

test("G1: an id of a megabyte is an id", async () => {
  const flow = new Workflow("w");
  flow.addNode(LONG, one);
  expect(Object.keys((await withinDeadline(() => execute(flow))).results)).toEqual([LONG]);
});

test("a message about a long name stays readable", async () => {
  const { message } = (await errorOf(() => connected(`${LONG}b.value`, "b.value"))) as Error;
  expect(message.length).toBeLessThan(10_000);
});

/** Whether a value reaches a node as it is; compared here, since a test runner would print what differs for ever. */
const arrives = (value: unknown, connectionValidation: "off" | "warn" | "strict" = "warn"): Promise<boolean> =>
  withinDeadline(async () => {
    const flow = new Workflow("w");
    const node = flow.addNode("a", echo, { value });
    return (await execute(flow, {}, { connectionValidation })).get(node).value === value;
  });

test.each(["off", "warn", "strict"] as const)("a literal with shared parts is read once (%s)", async (mode) => {
  expect(await arrives(shared(40, {}), mode)).toBe(true);
});

test("a literal with shared parts and a reference inside does not hang", async () => {
  const error = await errorOf(() => {
    const flow = new Workflow("w");
    const value = shared(40, flow.addNode("s", one).out.value);
    flow.addNode("a", echo, { value });
  });
  expect(String(error)).not.toMatch(/timed out|in time/);
});

test("a literal nested ten thousand deep reaches its node", async () => {
  expect(await arrives(nested(10_000))).toBe(true);
});

test("a literal that holds itself reaches its node", async () => {
  const value: { self?: unknown } = {};
  value.self = value;
  expect(await arrives(value)).toBe(true);
});

type Tree = { kind: "leaf" } | { kind: "add" | "sub" | "mul"; left: Tree; right?: Tree | undefined };
const branch = <K extends "add" | "sub" | "mul">(kind: K) =>
  z.object({
    kind: z.literal(kind),
    get left(): z.ZodType<Tree> {
      return tree;
    },
    get right(): z.ZodType<Tree | undefined> {
      return tree.optional();
    },
  });
const tree: z.ZodType<Tree> = z.lazy(
  () =>
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("leaf") }),
      branch("add"),
      branch("sub"),
      branch("mul"),
    ]) as never,
);

test.each(["warn", "strict"] as const)(
  "V4: a deep value of a recursive union is checked in time (%s)",
  async (mode) => {
    const calc = defineNode({ name: "calc", input: z.object({ tree }), output: z.object({}), run: () => ({}) });
    let value: Tree = { kind: "leaf" };
    for (let i = 0; i < 60; i++) value = { kind: (["add", "sub", "mul"] as const)[i % 3]!, left: value };
    const flow = new Workflow("w");
    flow.addNode("calc", calc, { tree: value });
    expect((await withinDeadline(() => execute(flow, {}, { connectionValidation: mode }))).status).toBe("completed");
  },
);

test("a chain of fifty thousand nodes is validated and planned without exhausting the stack", async () => {
  const flow = new Workflow("w");
  let last = flow.addNode("n0", one).out.value;
  for (let i = 1; i < 50_000; i++) last = wrong(flow.addNode(`n${i}`, echo, { value: last }).out.value);
  const result = await withinDeadline(() => execute(flow, {}, { connectionValidation: "off" }), 20_000);
  expect(result.results["n49999"]).toEqual({ value: 1 });
}, 20_000);
