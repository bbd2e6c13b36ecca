import { decode } from "@polyloom/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { all, any, delta, fixpoint, plateau } from "../define/criterion.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import { runtimeOf } from "../execute/work.fixture.ts";
import { prepare } from "../plan/plan-for.ts";
import { isLarge, keep, reread, sum } from "./round-trip.fixture.ts";

/** Both say the same document, plan and run the same. */
async function expectSame(flow: Workflow<{}, unknown>, input?: Record<string, unknown>): Promise<void> {
  const again = reread(flow as never);
  expect(said(again as never)).toEqual(said(flow as never));
  const [mine, theirs] = [prepare(flow), prepare(again)];
  expect(theirs.structure.issues).toEqual(mine.structure.issues);
  const shapeOf = ({ plan }: typeof mine): unknown => {
    const { steps, cycles, units, order, waits, next } = plan("stop");
    const names = steps.map(({ id, kind, scope, map }) => ({
      id,
      kind,
      scope,
      map: map && { ...map, table: undefined },
    }));
    const loops = cycles.map(({ criterion: _criterion, condition: _condition, ...cycle }) => cycle);
    return { names, loops, units, order, waits, next };
  };
  expect(shapeOf(theirs)).toEqual(shapeOf(mine));
  const [a, b] = await Promise.all(
    [flow, again].map((each) => runtimeOf().runtime.execute(each as Workflow, input === undefined ? {} : { input })),
  );
  expect(b!.results).toEqual(a!.results);
  expect(b!.outputs).toEqual(a!.outputs);
  expect(Object.keys(b!.cycles)).toEqual(Object.keys(a!.cycles));
  for (const [name, { reason, iterations }] of Object.entries(a!.cycles))
    expect(b!.cycles[name]).toMatchObject({ reason, iterations });
}

/** What a document says: V8 may write one value in more than one way, so encoded values are compared by what they hold. */
function said(flow: Workflow<never, unknown>): unknown {
  return JSON.parse(JSON.stringify(flow), (key, value: unknown) =>
    key === "encoded" ? { holds: decode(Buffer.from(value as string, "base64")) } : value,
  );
}

describe("G7: toJSON, then fromJSON", () => {
  test("nodes, literals, references with paths, references in literals, firstOf, connections of all kinds", async () => {
    const flow = new Workflow("graph", { runtime: "async" });
    const a = flow.addNode("a", sum, { values: [1, 2, 4] });
    const b = flow.addNode("b", sum, { values: [a.out.total, 1, a.out.parts.at(0).n], factor: 2 });
    const joined = flow.addNode("c", keep, { value: firstOf(a.out.even, b.out.even) as never });
    flow.addNode("d", keep, { value: { deep: [{ ref: b.out.total, "odd key": null }], plain: "text" } as never });
    const byRef = flow.addNode("byRef", keep);
    flow.connect(joined.out.value as never, byRef.in.value as never);
    flow.addNode("byName", keep);
    flow.connect("a.parts.1.n", "byName.value");
    flow.addNode("byNode", keep);
    flow.connect("byName", "byNode");
    await expectSame(flow as never);
    expect(reread(flow as never).runtime).toBe("async");
  });

  test("maps with all their settings", async () => {
    const flow = new Workflow("maps");
    flow.addMap("map", sum, {
      each: { values: [[1], [2, 3], [4]] },
      with: { factor: 3 },
      chunkSize: 2,
      concurrency: 2,
      chunkBy: "values.length",
    });
    await expectSame(flow as never);
    expect(reread(flow as never).graph.nodes.get("map")!.map).toEqual(flow.graph.nodes.get("map")!.map);
  });

  test("workflows inside workflows, the same one twice", async () => {
    const inner = new Workflow("inner", { input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) });
    inner.setOutput({ y: inner.addNode("sum", sum, { values: [inner.input.x, 1] }).out.total });
    const middle = new Workflow("middle", { input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) });
    middle.setOutput({ y: middle.addNode("inner", inner, { x: middle.input.x }).out.y });
    const flow = new Workflow("outer", {
      input: z.object({ x: z.number() }),
      output: z.object({ a: z.number(), b: z.any() }),
    });
    const a = flow.addNode("a", middle, { x: flow.input.x });
    const b = flow.addNode("b", middle, { x: a.out.y });
    flow.setOutput({ a: a.out.y, b: [b.out.y, { plain: 1 }] });
    await expectSame(flow as never, { x: 5 });
  });

  type Step = ReturnType<typeof steps>["step"];
  const steps = () => {
    const flow = new Workflow("cyclic");
    const before = flow.addNode("before", sum, { values: [1, 2] });
    const step = flow.addNode("step", sum, { values: [1], factor: before.out.total });
    const back = flow.addNode("back", keep, { value: [step.out.total] as never });
    const beside = flow.addNode("beside", keep, { value: step.out.total as never });
    return { flow, before, step, back, beside };
  };

  test.each<[string, (cycle: CycleBuilder, step: Step, before: Step) => unknown]>([
    ["a maximum alone", (cycle) => cycle.maxIterations(3)],
    ["a timeout and what is included", (cycle) => cycle.timeout(60_000).maxIterations(2).include("beside")],
    ["an expression", (cycle) => cycle.convergeWhen("step.total > 50").maxIterations(9)],
    [
      "a named predicate and its window",
      (cycle, step) => cycle.convergeWhen(step.out.total, isLarge).historyWindow(3).maxIterations(9),
    ],
    ["delta", (cycle, step) => cycle.convergeWhen(delta(step.out.total, 0.5, { patience: 2 })).maxIterations(5)],
    [
      "plateau",
      (cycle, step) =>
        cycle.convergeWhen(plateau(step.out.total, { goal: "max", tolerance: 1, patience: 2 })).maxIterations(5),
    ],
    ["fixpoint", (cycle, step) => cycle.convergeWhen(fixpoint(step.out.total)).maxIterations(4)],
    [
      "any of all",
      (cycle, step) =>
        cycle
          .convergeWhen(
            any(fixpoint(step.out.total), all(delta(step.out.total, 99), fixpoint(step.out.parts, { patience: 2 }))),
          )
          .maxIterations(6),
    ],
    ["continueWhile outside", (cycle, _, before) => cycle.continueWhile(before.out.total, isLarge).maxIterations(2)],
    ["continueWhile inside", (cycle, step) => cycle.continueWhile(step.out.total, isLarge).maxIterations(4)],
    ["onExhausted", (cycle) => cycle.convergeWhen("iteration == 2").maxIterations(3).onExhausted("fail")],
  ])("cycles: %s", async (_, say) => {
    const { flow, before, step, back } = steps();
    const cycle = flow.createCycle("loop").connect(back.out.value as never, step.in.values as never);
    say(cycle, step, before);
    cycle.build();
    await expectSame(flow as never);
  });

  test("nested cycles, and feedback by name and by firstOf", async () => {
    const flow = new Workflow("nested");
    const outer = flow.addNode("outer", keep, { value: [1] });
    const step = flow.addNode("step", sum, { values: outer.out.value as never });
    const back = flow.addNode("back", keep, { value: [step.out.total, 1] as never });
    const copy = flow.addNode("copy", keep, { value: back.out.value });
    flow
      .createCycle("inner")
      .connect(firstOf(copy.out.value, back.out.value) as never, step.in.values as never)
      .maxIterations(2)
      .build();
    flow.createCycle("big").connect("back.value", "outer.value").include(copy).maxIterations(3).build();
    await expectSame(flow as never);
  });

  test("a document may be read, changed and written again", () => {
    const flow = new Workflow("w");
    const a = flow.addNode("a", sum, { values: [1] });
    const again = reread(flow as never);
    expect(again.version).toBeGreaterThan(0);
    again.addNode("b", keep, { value: 1 });
    again.connect("a.total", "b.value");
    flow.addNode("b", keep, { value: 1 });
    flow.connect(a.out.total as never, "b.value" as never);
    expect(again.toJSON()).toEqual(flow.toJSON());
  });
});

test("G7: small random graphs come back the same", async () => {
  const wire = fc.record({ from: fc.nat(), path: fc.constantFrom("total", "even", "part"), literal: fc.integer() });
  const node = fc.record({
    wires: fc.array(wire, { maxLength: 3 }),
    factor: fc.option(fc.integer({ min: -5, max: 5 })),
    asMap: fc.boolean(),
    value: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(node, { minLength: 1, maxLength: 8 }),
      fc.option(fc.integer({ min: 1, max: 4 })),
      async (nodes, loops) => {
        const flow = new Workflow("random");
        const sums: ReturnType<
          typeof flow.addNode<
            { values: number[]; factor?: number },
            { total: number; even?: number; parts: { n: number }[] }
          >
        >[] = [];
        nodes.forEach(({ wires, factor, asMap, value }, i) => {
          const values = wires.map(({ from, path, literal }) => {
            const source = sums[from % (i + 1)];
            if (source === undefined) return literal;
            if (path === "total") return source.out.total;
            return path === "even"
              ? firstOf(source.out.even, source.out.total)
              : firstOf(source.out.parts.at(0).n, source.out.total);
          });
          sums.push(
            flow.addNode(`n${i}`, sum, { values: values as never, ...(factor === null ? {} : { factor }) }) as never,
          );
          if (asMap) flow.addMap(`m${i}`, keep, { each: { value: [value, i] } });
          else flow.addNode(`k${i}`, keep, { value });
        });
        const last = sums.at(-1)!;
        if (loops !== null)
          flow.createCycle("loop").connect(last.out.total, last.in.factor).maxIterations(loops).build();
        await expectSame(flow as never);
      },
    ),
    { numRuns: 60 },
  );
});
