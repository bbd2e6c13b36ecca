import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "@polyloom/wire";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import type { Issue } from "./issue.ts";
import { validate } from "./validate.ts";

const add = defineNode({
  name: "add",
  input: z.object({ a: z.number(), b: z.number().default(0) }),
  output: z.object({ sum: z.number() }),
  run: ({ a, b }) => ({ sum: a + b }),
});
const inner = (): Workflow<{ x: number }, { y: number }> => {
  const flow = new Workflow("inner", { input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) });
  return flow.setOutput({ y: flow.addNode("add", add, { a: flow.input.x }).out.sum });
};
const told = (issues: readonly Issue[]): string[] => issues.map(({ code, place }) => `${code} ${place}`);

describe("what is right has no issues", () => {
  const flow = new Workflow("right", {
    input: z.object({ n: z.number().optional(), m: z.number() }),
    output: z.object({ y: z.number() }),
  });
  const a = flow.addNode("a", add, { a: flow.input.m });
  const b = flow.addNode("b", add, { a: a.out.sum, b: a.out.sum });
  const sub = flow.addNode("sub", inner(), { x: firstOf(a.out.sum, b.out.sum) });
  flow.createCycle("c").connect(b.out.sum, b.in.a).maxIterations(2).build();
  flow.setOutput({ y: sub.out.y });

  test("with its input given", () => expect(validate(flow, { input: { m: 1 } })).toEqual([]));

  test("G3: one output may feed any number of inputs, a literal and a feedback stand beside a connection", () => {
    const more = new Workflow("more");
    const x = more.addNode("x", add, { a: 1 });
    const y = more.addNode("y", add, { a: 5 });
    more.connect(x.out.sum, y.in.a).connect(x.out.sum, y.in.b);
    more.createCycle("inner").connect(y.out.sum, y.in.a).maxIterations(2).build();
    more.createCycle("outer").connect(y.out.sum, x.in.a).connect(y.out.sum, y.in.a).maxIterations(2).build();
    expect(validate(more)).toEqual([]);
  });

  test("R3: an empty workflow is right", () => expect(validate(new Workflow("empty"))).toEqual([]));
});

describe("G6: a required input that nothing supplies is found", () => {
  const flow = new Workflow("w");
  const a = flow.addNode("a", add);
  flow.addNode("sub", inner());

  test("unless a parameter will", () => {
    expect(told(validate(flow))).toEqual(["missing_input a.a", "missing_input sub.x"]);
    expect(told(validate(flow, { parameters: { a: { a: 1 } } }))).toEqual(["missing_input sub.x"]);
    expect(validate(flow, { parameters: { a: { a: 1 }, sub: { x: 1 } } })).toEqual([]);
    expect(told(validate(flow, { parameters: { a: { a: undefined }, sub: { x: 1 } } }))).toEqual(["missing_input a.a"]);
  });

  test("and a feedback does not count in the first iteration", () => {
    const cyclic = new Workflow("c");
    const step = cyclic.addNode("step", add);
    cyclic.createCycle("c").connect(step.out.sum, step.in.a).maxIterations(2).build();
    const [issue] = validate(cyclic);
    expect(issue).toMatchObject({ code: "missing_input", place: "step.a" });
    expect(issue!.message).toContain("in the first iteration");
  });

  test("in a workflow inside a workflow, by its path", () => {
    const deep = new Workflow("deep", { output: z.object({ y: z.number() }) });
    deep.setOutput({ y: deep.addNode("lost", add).out.sum });
    const outer = new Workflow("outer");
    outer.addNode("sub", deep);
    expect(told(validate(outer))).toEqual(["missing_input sub/lost.a"]);
    expect(validate(outer, { parameters: { "sub/lost": { a: 1 } } })).toEqual([]);
  });

  void a;
});

describe("S7: parameters and inputs name what there is", () => {
  const flow = new Workflow("w", { input: z.object({ size: z.number().default(1) }) });
  flow.addNode("add", add, { a: 1 });
  flow.addNode("sub", inner(), { x: 1 });

  test.each([
    [{ parameters: { ad: { a: 1 } } }, "parameters.ad", 'did you mean "add"?'],
    [{ parameters: { add: { c: 1 } } }, "parameters.add.c", 'did you mean "a"?'],
    [{ parameters: { "sub/ad": {} } }, "parameters.sub/ad", 'did you mean "sub/add"?'],
    [{ parameters: { sub: { y: 1 } } }, "parameters.sub.y", 'did you mean "x"?'],
    [{ input: { siz: 1 } }, "input.siz", 'did you mean "size"?'],
  ])("%j", (supplies, place, remedy) => {
    expect(validate(flow, supplies as never)).toMatchObject([
      { code: "unknown_parameter", place, remedy, severity: "error" },
    ]);
  });
});

test("G8: every problem is found in one pass, each with code, place, what was found and how to mend it", () => {
  const flow = new Workflow("w", { output: z.object({ y: z.number(), z: z.number() }) });
  const a = flow.addNode("a", add);
  const b = flow.addNode("b", add, { a: a.out.sum, c: 1 } as never);
  flow.connect("nobody.sum", "b.b").connect("a.smu", "b.b").connect(a.out.sum, b.in.a).connect("b.sum", "a.b");
  flow.createCycle("open");
  flow.createCycle("endless").connect(b.out.sum, b.in.a).build();
  flow.addNode("sub", inner());
  flow.setOutput({ y: "x" as never, w: 1 } as never);
  const issues = validate(flow, { parameters: { nobody: {} } });
  expect(told(issues).toSorted()).toEqual([
    "conflicting_source b.b",
    "cycle_unbounded cycle endless",
    "cycle_unbuilt cycle open",
    "duplicate_connection b.a",
    "missing_input a.a",
    "missing_input output.z",
    "missing_input sub.x",
    "unknown_node b.b",
    "unknown_parameter parameters.nobody",
    "unknown_port b.b",
    "unknown_port b.c",
    "unknown_port output.w",
    "unmarked_cycle workflow w",
  ]);
  for (const issue of issues) {
    expect(Object.hasOwn(ERROR_CODES, issue.code)).toBe(true);
    for (const text of [issue.message, issue.remedy]) expect(text).toMatch(/^(?!.*(undefined|\[object)).{10,}$/s);
  }
});

test("G2: connect(a, b) joins every pair of equally named ports, and says when there is none", () => {
  const flow = new Workflow("w");
  const chain = defineNode({
    name: "chain",
    input: z.object({ sum: z.number(), other: z.number().optional() }),
    output: z.object({}),
    run: () => ({}),
  });
  const a = flow.addNode("a", add, { a: 1 });
  flow.addNode("b", chain);
  expect(validate(flow.connect("a", "b"))).toEqual([]);
  flow.addNode("c", add, { a: 1 });
  flow.connect(a, flow.addNode("d", add, { a: 1 }));
  const [issue] = validate(flow);
  expect(issue).toMatchObject({ code: "unknown_port", remedy: 'name the ports: connect("a.port", "d.port")' });
});
