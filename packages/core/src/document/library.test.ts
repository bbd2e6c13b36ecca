import { expect, test } from "vitest";
import { z } from "zod";
import { defineFunction } from "../define/defined-function.ts";
import { defineNode, type NodeDefinition } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { Library } from "./library.ts";
import { keep, sum } from "./round-trip.fixture.ts";

const nodeIn = (module: string, name = "load"): NodeDefinition =>
  defineNode({
    name,
    module,
    input: z.object({}),
    output: z.object({ from: z.string() }),
    run: () => ({ from: module }),
  });

const [a, b] = [nodeIn("file:///a.ts"), nodeIn("file:///b.ts")];

test("finds nodes and functions by name, in a list or an object, whatever else is there", () => {
  const isSmall = defineFunction("isSmall", (n: number) => n < 1);
  const others = [1, null, undefined, "sum", () => 1, { kind: "other" }];
  for (const library of [new Library([sum, isSmall, ...others]), new Library({ x: sum, y: isSmall, ...others })]) {
    expect(library.node({ name: "sum" }, "p")).toBe(sum);
    expect(library.function({ name: "isSmall" }, "p")).toBe(isSmall);
  }
});

test("reads anything that can be iterated", () => {
  expect(new Library(new Set([sum])).node({ name: "sum" }, "p")).toBe(sum);
  expect(new Library(new Map([["k", sum]]).values()).node({ name: "sum" }, "p")).toBe(sum);
});

test("of several with one name, that of the module that the document tells", () => {
  const library = new Library([a, b]);
  expect(library.node({ name: "load", module: "file:///b.ts" }, "p")).toBe(b);
  expect(library.node({ name: "load", module: "file:///a.ts" }, "p")).toBe(a);
});

test("the only one of a name, also where its module moved or is not told", () => {
  const library = new Library([a]);
  expect(library.node({ name: "load", module: "file:///moved.ts" }, "p")).toBe(a);
  expect(library.node({ name: "load" }, "p")).toBe(a);
});

test("of several with one name and no right module, none", () => {
  for (const module of [undefined, "file:///c.ts"])
    expect(() => new Library([a, b]).node({ name: "load", module }, "my.place")).toThrow(
      expect.objectContaining({
        code: "unknown_node",
        message: expect.stringContaining('"my.place": 2 nodes are named "load"'),
      }),
    );
});

test("one that is given twice is one", () => {
  expect(new Library([a, a]).node({ name: "load" }, "p")).toBe(a);
});

test("nodes and functions have names of their own", () => {
  const load = defineFunction("load", () => true);
  const library = new Library([a, load]);
  expect([library.node({ name: "load" }, "p"), library.function({ name: "load" }, "p")]).toEqual([a, load]);
});

test("a name that is not there is refused with its place and the nearest name", () => {
  expect(() => new Library([sum, keep]).node({ name: "summ" }, "cycle/x")).toThrow(
    expect.objectContaining({
      code: "unknown_node",
      message: expect.stringMatching(/"cycle\/x": there is no node "summ".*"sum"/),
      details: { place: "cycle/x", name: "summ" },
    }),
  );
  expect(() => new Library([sum]).function({ name: "sum" }, "p")).toThrow(/there is no function "sum"/);
});

test("G7: two nodes of one name in two modules come back as themselves", async () => {
  const flow = new Workflow("w");
  flow.addNode("x", a);
  flow.addNode("y", b);
  const again = Workflow.fromJSON(JSON.parse(JSON.stringify(flow)), [b, a]);
  expect([...again.graph.nodes.values()].map(({ node }) => node)).toEqual([a, b]);
});
