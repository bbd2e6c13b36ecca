import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { keep, reread } from "./round-trip.fixture.ts";
import type { SourceDocument } from "./format.ts";

/** How a value stands in a document, and what comes back from JSON text. */
function stored(value: unknown): { source: SourceDocument; back: unknown } {
  const flow = new Workflow("w");
  flow.addNode("node", keep, { value: value as never });
  const [binding] = reread(flow as never).graph.nodes.get("node")!.bindings;
  const source = flow.toJSON().nodes[0]!.inputs[0]![1];
  return { source, back: (binding!.source as { value: unknown }).value };
}

describe("G7: literals that JSON holds stand as they are", () => {
  test.each<[unknown]>([[1], ["text"], [true], [null], [[]], [{}], [{ a: [1, { b: null }], "": 0 }], ["\ud800 lone"]])(
    "%j",
    (value) => {
      expect(stored(value)).toEqual({ source: { literal: value }, back: value });
    },
  );

  test("any of them", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(stored(value).back).toEqual(value);
      }),
    );
  });
});

describe("G7, D1: literals that JSON cannot hold come back equal", () => {
  const cyclic: Record<string, unknown> = { name: "self" };
  cyclic["self"] = cyclic;
  const sparse: number[] = [1];
  sparse[2] = 3;
  const own = JSON.parse('{"__proto__": {"x": 1}}') as object;

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["a bigint", 2n ** 80n],
    ["NaN", Number.NaN],
    ["Infinity", -Infinity],
    ["-0", -0],
    ["a Date", new Date(86_400_000)],
    ["a RegExp", /a+/giu],
    ["a Map", new Map<unknown, unknown>([["k", new Set([1])]])],
    ["a typed array", new Float64Array([1.5, Number.NaN])],
    ["bytes", new Uint8Array([0, 255]).buffer],
    ["an Error", new RangeError("far")],
    ["an undefined inside", { a: undefined, b: 1 }],
    ["a hole", sparse],
    ["a bigint deep inside", [[{ n: 1n }]]],
    ["a value that holds itself", cyclic],
    ["a key __proto__", own],
    ["a key toJSON", { toJSON: 1 }],
  ])("%s", (_, value) => {
    const { source, back } = stored(value);
    expect(Object.keys(source)).toEqual(["encoded"]);
    expect(back).toStrictEqual(value);
    expect(Object.getPrototypeOf(Object(back))).toBe(Object.getPrototypeOf(Object(value)));
  });

  test("what holds itself holds itself again, and what is shared is shared", () => {
    const back = stored(cyclic).back as typeof cyclic;
    expect(back["self"]).toBe(back);
    const part = { n: 1n };
    const [a, b] = stored([part, part]).back as [object, object];
    expect(a).toBe(b);
  });

  test("very deep", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 300; i++) deep = [deep];
    expect(stored(deep).back).toEqual(deep);
  });
});
