import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineFunction } from "../define/defined-function.ts";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { keep, LIBRARY, reread, sum } from "./round-trip.fixture.ts";

/** What `toJSON` refuses, with its place. */
function refusal(build: (flow: Workflow) => unknown, around = false): unknown {
  const flow = new Workflow("w");
  build(flow as Workflow);
  const outer = new Workflow("outer");
  outer.addNode("sub", flow);
  try {
    (around ? outer : flow).toJSON();
    return "nothing";
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: { place: string } };
    expect([code, message]).toEqual(["not_serializable", expect.stringContaining(details.place)]);
    return details.place;
  }
}

describe("G7: what cannot be stored is refused with its place", () => {
  const bad = { rows: [1, { fn: () => 1 }] };

  test.each<[string, (flow: Workflow) => unknown, string]>([
    ["an input", (flow) => flow.addNode("a", keep, { value: bad }), "a.value.rows[1].fn"],
    [
      "a part of a literal with references",
      (flow) =>
        flow.addNode("a", keep, { value: { ref: flow.addNode("b", sum, { values: [] }).out.total, bad } as never }),
      "a.value.bad.rows[1].fn",
    ],
    ["a map's input", (flow) => flow.addMap("m", keep, { each: { value: [1, () => 1] as never } }), "m.value[1]"],
  ])("%s", (_, build, place) => {
    expect(refusal(build)).toBe(place);
    expect(refusal(build, true)).toBe(`sub/${place}`);
  });

  test("a predicate and a condition without a name", () => {
    const build = (say: "convergeWhen" | "continueWhile") => (flow: Workflow) => {
      const step = flow.addNode("step", sum, { values: [1] });
      flow
        .createCycle("loop")
        .connect(step.out.total, step.in.factor)
        .maxIterations(2)
        [say](step.out.total, () => true)
        .build();
    };
    expect(refusal(build("convergeWhen"))).toBe("cycle loop: convergeWhen");
    expect(refusal(build("continueWhile"))).toBe("cycle loop: continueWhile");
    expect(refusal(build("continueWhile"), true)).toBe("sub/cycle loop: continueWhile");
  });

  test.each<[string, z.ZodType]>([
    ["a transform", z.string().transform(Number)],
    ["a refinement", z.string().refine(() => true)],
    ["trim", z.string().trim()],
    ["coercion", z.coerce.number()],
    ["a catch", z.number().catch(1)],
    ["a pipe", z.string().pipe(z.string())],
    ["an instance", z.instanceof(URL)],
    ["a Date", z.date()],
    ["a bigint", z.bigint()],
    ["a Map", z.map(z.string(), z.number())],
    ["one of these deep inside", z.array(z.object({ a: z.string().trim().optional() }))],
  ])("an input whose schema JSON Schema cannot say: %s", (_, schema) => {
    const flow = new Workflow("w", { input: z.object({ fine: z.number(), x: schema }) });
    expect(() => flow.toJSON()).toThrow(
      expect.objectContaining({ code: "not_serializable", details: { place: "input.x" } }),
    );
    const other = new Workflow("w", { output: z.object({ x: schema }) });
    expect(() => other.toJSON()).toThrow(expect.objectContaining({ details: { place: "output.x" } }));
  });
});

describe("G7: names", () => {
  const module = "file:///nodes.ts";
  const any = z.object({ value: z.any() });
  const twin = (): typeof keep => defineNode({ name: "twin", module, input: any, output: any, run: (input) => input });

  test("two different nodes of one module and name cannot both be stored, also in different workflows", () => {
    const [one, other] = [twin(), twin()];
    expect(
      refusal((flow) => {
        flow.addNode("a", one, { value: 1 });
        const inner = new Workflow("inner");
        inner.addNode("b", other, { value: 1 });
        flow.addNode("sub", inner);
      }),
    ).toBe("sub/b");
  });

  test("one node used twice is stored twice, also where no module is known of it", () => {
    const nowhere = Object.freeze({ ...keep, name: "nowhere", reference: undefined });
    for (const node of [twin(), nowhere]) {
      const flow = new Workflow("w");
      flow.addNode("a", node, { value: 1 });
      flow.addNode("b", node, { value: 2 });
      const again = reread(flow as never, [node]);
      expect([...again.graph.nodes.values()].map((entry) => entry.node)).toEqual([node, node]);
    }
  });

  test("a node and a function may share a name", () => {
    const flow = new Workflow("w");
    const step = flow.addNode("step", sum, { values: [1] });
    const named = defineFunction("sum", (value: number) => value > 1);
    flow.createCycle("loop").connect(step.out.total, step.in.factor).convergeWhen(step.out.total, named).build();
    expect(reread(flow as never, [sum, named]).graph.cycles[0]!.criterion).toMatchObject({
      kind: "predicate",
      test: named,
    });
  });

  test("a function that is used twice is stored twice", () => {
    const named = defineFunction("named", (value: number) => value > 1);
    const flow = new Workflow("w");
    const step = flow.addNode("step", sum, { values: [1] });
    const cycle = flow.createCycle("loop").connect(step.out.total, step.in.factor).maxIterations(2);
    cycle.convergeWhen(step.out.total, named).continueWhile(step.out.total, named).build();
    const [again] = reread(flow as never, [sum, named]).graph.cycles;
    expect([again!.criterion, again!.continueWhile]).toMatchObject([{ test: named }, { test: named }]);
  });
});

test("what is no document is refused with the places of its problems, five at the most", () => {
  const document = {
    format: "polyloom/workflow",
    version: 2,
    name: 5,
    nodes: [{ id: 1, inputs: [] }],
    connections: [],
    cycles: [],
  };
  expect(() => Workflow.fromJSON(document, LIBRARY)).toThrow(
    expect.objectContaining({
      code: "invalid_document",
      details: {
        problems: [
          expect.stringMatching(/^version: /),
          expect.stringMatching(/^name: /),
          expect.stringMatching(/^nodes\.0\.id: /),
          expect.stringMatching(/^outputs: /),
        ],
      },
    }),
  );
  expect(() => Workflow.fromJSON("{}", LIBRARY)).toThrow(/no workflow document: \(document\): /);
});
