import { expect, test } from "vitest";
import type { Outcome, Task } from "./task.ts";
import { portably } from "./portable.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- each node of the table reads its inputs as what they are
type Run = (input: any) => unknown;

const SIGNAL = new AbortController().signal;

/** What a portable place makes of a node's function. */
function run(node: Run, input: Record<string, unknown> = {}): Outcome | PromiseLike<Outcome> {
  const invoke = (task: Task): Outcome => {
    try {
      return { status: "completed", output: node(task.input), where: "here" };
    } catch (error) {
      return { status: "failed", error };
    }
  };
  return portably(invoke)({ nodeId: "node", input } as never, SIGNAL);
}

test("D3: a node gets a copy of its inputs, and sees what is shared among them as shared", () => {
  const shared = { n: 1 };
  const input = { a: shared, b: [shared], map: new Map([["k", shared]]) };
  let seen: typeof input | undefined;
  run((each) => ((seen = each as never), {}), input);
  expect(seen).toEqual(input);
  expect(seen!.a).not.toBe(shared);
  expect(seen!.b[0]).toBe(seen!.a);
});

test.each<[string, Run]>([
  ["sets a property", ({ rows }) => ((rows as { a: number }[])[0]!.a = 2)],
  ["adds a property", ({ rows }) => ((rows as { b?: number }[])[0]!.b = 2)],
  ["deletes a property", ({ rows }) => delete (rows as { a?: number }[])[0]!.a],
  ["pushes", ({ rows }) => (rows as unknown[]).push(1)],
  ["sorts", ({ rows }) => (rows as unknown[]).sort((a, b) => Number(a) - Number(b))],
  ["defines a property", ({ rows }) => Object.defineProperty(rows, "x", { value: 1 })],
  ["replaces an input", (input: Record<string, unknown>) => (input["rows"] = [])],
  ["reaches into a Map", ({ map }) => ((map as Map<string, { n: number }>).get("k")!.n = 2)],
])("D3: a node that %s of what it got is told so", async (_, node) => {
  const input = { rows: [{ a: 1 }, { a: 0 }], map: new Map([["k", { n: 1 }]]) };
  const before = structuredClone(input);
  expect(await run(node, input)).toMatchObject({ status: "failed", code: "portable_mutation" });
  expect(input).toEqual(before);
});

test("D3: other errors of a node keep their meaning", async () => {
  const outcome = await run(() => {
    throw new TypeError("x is not a function");
  });
  expect(outcome).toEqual({ status: "failed", error: expect.objectContaining({ message: "x is not a function" }) });
});

test("D3: what a node gives is a copy: a later change by the node is not seen", async () => {
  const kept = { n: 1 };
  const outcome = (await run(() => ({ kept }))) as { output: { kept: { n: number } } };
  kept.n = 2;
  expect(outcome.output).toEqual({ kept: { n: 1 } });
  expect(Object.isFrozen(outcome.output.kept)).toBe(false);
});

test("D3: an asynchronous node is held to the same", async () => {
  const failing = portably(() => Promise.resolve({ status: "completed", output: { fn: () => 1 } }));
  expect(await failing({ nodeId: "node", input: {} } as never, SIGNAL)).toMatchObject({ code: "not_transferable" });
});

test.each<[string, unknown, string]>([
  ["a function", { rows: [1, 2, { fn: () => 1 }] }, "node.value.rows[2].fn"],
  ["an instance of a class", { at: new (class Box {})() }, "node.value.at"],
  ["a symbol", [Symbol("s")], "node.value[0]"],
  ["a WeakMap", new WeakMap(), "node.value"],
])("D1: %s is refused on both sides, with its path", async (_, value, path) => {
  for (const outcome of [await run(() => ({}), { value }), await run(() => ({ value }))]) {
    expect(outcome).toMatchObject({ status: "failed", code: "not_transferable" });
    expect(String((outcome as { error: Error }).error.message)).toContain(path);
  }
});

test("D1: all that structured clone carries arrives equal", async () => {
  const value: Record<string, unknown> = {
    list: [1n, Number.NaN, -0, null, undefined, "x"],
    date: new Date(5),
    pattern: /x/gi,
    map: new Map([[{ k: 1 }, new Set([1])]]),
    bytes: new Uint8Array([1, 2]),
    error: new RangeError("r"),
  };
  value["self"] = value;
  const { output } = (await run(({ value: each }) => ({ value: each }), { value })) as { output: { value: object } };
  expect(output.value).toEqual(value);
  expect((output.value as typeof value)["self"]).toBe(output.value);
  expect(Object.is((output.value as { list: unknown[] }).list[2], -0)).toBe(true);
});

test.each([[undefined], [null], [5]])(
  "E5: an answer that is no object is left for the run to refuse: %s",
  async (answer) => {
    expect(await run(() => answer)).toMatchObject({ status: "completed", output: answer });
  },
);

test("where a node ran is kept", async () => {
  expect(await run(() => ({}))).toMatchObject({ where: "here" });
});
