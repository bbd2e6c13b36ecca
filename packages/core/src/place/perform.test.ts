import { deserializeError } from "@polyloom/wire";
import { describe, expect, test } from "vitest";
import type { NodeDefinition } from "../define/node.ts";
import type { Order } from "./order.ts";
import { broken, echo, listen, talkative } from "./perform.fixture.ts";
import { perform, performNode } from "./perform.ts";
import type { Listener, Report } from "./report.ts";

const ABOUT = { runId: "r1", workflow: "w", nodeId: "n", attempt: 2, iteration: 0, index: undefined };

function orderOf<Node>(node: Node, input: object, more: Partial<Order<Node>> = {}): Order<Node> {
  return { node, input: input as Order["input"], about: ABOUT, ...more };
}

/** Notes what is told. */
function notes(signal = new AbortController().signal): Listener & { readonly told: Report[] } {
  const told: Report[] = [];
  return { told, signal, tell: (report) => void told.push(report) };
}

const node = (each: unknown): NodeDefinition => each as NodeDefinition;

describe("performNode", () => {
  test("a node that returns a plain value is answered for at once", () => {
    const listener = notes();
    const end = performNode(node(echo), orderOf(1, { value: [1] }), listener);
    expect(end).toMatchObject({ kind: "completed", output: { value: [1] } });
    expect(listener.told[0]).toEqual({ kind: "progress", done: 1, total: 2, message: "half" });
    const { line } = listener.told[1] as { line: string };
    expect(JSON.parse(line)).toEqual({ level: "info", given: [1], msg: "echoes" });
  });

  test("one that gives a promise is answered for later", async () => {
    const end = performNode(node(echo), orderOf(1, { value: 1, later: true }), notes());
    expect(end).toBeInstanceOf(Promise);
    expect(await end).toMatchObject({ kind: "completed", output: { value: 1 } });
  });

  test("O1 · nothing is told after the end", async () => {
    const turn = Promise.withResolvers<void>();
    const listener = notes();
    expect(performNode(node(talkative), orderOf(1, { wait: () => turn.promise }), listener)).toMatchObject({
      kind: "completed",
    });
    turn.resolve();
    await turn.promise;
    await undefined;
    expect(listener.told).toEqual([]);
  });

  test("C8 · the state goes back within a cycle, and nowhere else", () => {
    const about = { ...ABOUT, iteration: 3 };
    const inside = performNode(node(echo), orderOf(1, { value: 1 }, { about, state: { runs: 2 } }), notes());
    expect(inside).toMatchObject({ state: { runs: 3 } });
    expect(performNode(node(echo), orderOf(1, { value: 1 }), notes())).not.toHaveProperty("state");
  });

  test("E1 · what a node throws keeps its name and its own properties", () => {
    const end = performNode(node(broken), orderOf(1, { value: 1 }), notes());
    if (end instanceof Promise || end.kind !== "threw") return expect.unreachable();
    expect(deserializeError(end.error)).toMatchObject({ name: "RangeError", message: "no good", code: "E_GOOD" });
  });

  test.each([
    [{ rows: [1, () => 1] }, "not_transferable", "n.value.rows[1]"],
    [() => 1, "not_transferable", "n.value"],
  ])("D1 · an output that cannot move is refused with its path", (value, code, path) => {
    const end = performNode(node(echo), orderOf(1, { value }), notes());
    if (end instanceof Promise || end.kind !== "refused") return expect.unreachable();
    expect(deserializeError(end.error)).toMatchObject({ code, details: { path } });
  });

  test.each([[() => 1], [Symbol("odd")]])("E5 · %s is no object of outputs", (output) => {
    const odd = { ...node(echo), run: () => output };
    const end = performNode(odd, orderOf(1, {}), notes());
    if (end instanceof Promise || end.kind !== "refused") return expect.unreachable();
    expect(deserializeError(end.error)).toMatchObject({ code: "invalid_output" });
  });

  test("K1 · the listener's signal is the node's", async () => {
    const controller = new AbortController();
    const end = performNode(node(listen), orderOf(1, {}), notes(controller.signal));
    controller.abort("enough");
    expect(await end).toMatchObject({ output: { value: "enough" } });
  });
});

// That it finds a node is tried where another process imports its module: in the examples, and by the runtimes.
describe("perform", () => {
  test("D5 · a node that is not there is refused with its name", async () => {
    const end = await perform(orderOf({ ...node(echo).reference!, name: "nobody" }, {}), notes());
    if (end.kind !== "refused") return expect.unreachable();
    expect(deserializeError(end.error)).toMatchObject({ code: "node_not_portable", details: { node: "nobody" } });
  });
});
