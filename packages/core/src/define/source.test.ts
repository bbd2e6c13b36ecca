import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "./node.ts";
import { readPath } from "./read-path.ts";
import { firstOf } from "./reference.ts";
import { referencesOf, toSource } from "./source.ts";
import { Workflow } from "./workflow.ts";

const node = defineNode({
  name: "n",
  input: z.object({}),
  output: z.object({ x: z.any(), y: z.any() }),
  run: () => null as never,
});
const flow = new Workflow("w");
const { x, y } = flow.addNode("n", node).out;
const reference = (port: string): object => ({ kind: "reference", node: "n", path: [port] });

describe("what is wired into an input is", () => {
  test("a literal, kept as it is", () => {
    const values = [
      1,
      null,
      undefined,
      "x",
      new Date(0),
      new Map(),
      [1, "a"],
      { a: { b: [{}] } },
      () => 1,
      new Uint8Array(1),
      { kind: "workflow" },
      { kind: "node" },
    ];
    for (const value of values) {
      const source = toSource(value, flow);
      expect(source.kind === "literal" && source.value === value).toBe(true);
    }
  });

  test("a reference", () => expect(toSource(x, flow)).toEqual(reference("x")));

  test("a firstOf", () =>
    expect(toSource(firstOf(x, y), flow)).toEqual({ kind: "first", of: [reference("x"), reference("y")] }));

  test("a literal with references inside, whose other parts stay literals", () => {
    const rest = { deep: [1] };
    const source = toSource({ a: [x, 1], b: rest }, flow);
    expect(source).toEqual({
      kind: "template",
      list: false,
      entries: [
        [
          "a",
          {
            kind: "template",
            list: true,
            entries: [
              ["0", reference("x")],
              ["1", { kind: "literal", value: 1 }],
            ],
          },
        ],
        ["b", { kind: "literal", value: rest }],
      ],
    });
    expect(referencesOf(source)).toEqual([reference("x")]);
  });

  test("a template for objects without a prototype too", () => {
    expect(toSource(Object.assign(Object.create(null), { a: x }), flow).kind).toBe("template");
  });
});

test("references are told in the order in which they stand", () => {
  const source = toSource({ a: [y, firstOf(x, y)], b: x }, flow);
  expect(referencesOf(source).map(({ path }) => path[0])).toEqual(["y", "x", "y", "x"]);
});

describe("S3: a path reads own properties only, and is dead where it ends early", () => {
  const value = {
    a: { b: [10, { c: 20 }], n: null, f: 1.5 },
    t: "text",
    bytes: new Uint8Array([1, 2]),
    m: new Map([["k", 1]]),
  };
  test.each<readonly [(string | number)[], unknown]>([
    [[], value],
    [["a", "b", 0], 10],
    [["a", "b", -1, "c"], 20],
    [["a", "b", "length"], 2],
    [["a", "b", 5], undefined],
    [["a", "b", -3], undefined],
    [["a", "n"], null],
    [["a", "n", "deeper"], undefined],
    [["a", "missing", "deeper"], undefined],
    [["t", "length"], 4],
    [["t", 0], "t"],
    [["t", "charAt"], undefined],
    [["bytes", "length"], 2],
    [["bytes", -1], 2],
    [["a", "constructor"], undefined],
    [["a", "__proto__"], undefined],
    [["a", "f", "toFixed"], undefined],
    [["m", "size"], undefined],
    [["a", 0], undefined],
  ])("%j", (path, expected) => {
    expect(readPath(value, path)).toEqual(expected);
  });
});
