import { expect, test } from "vitest";
import { z } from "zod";
import { defineFunction } from "../define/defined-function.ts";
import { Workflow } from "../define/workflow.ts";
import { type Json, read } from "./document.fixture.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, withinDeadline } from "./wrong-program.fixture.ts";

const trap = (): never => {
  throw new Error("trap");
};

/** A workflow that cannot be stored for one reason. */
const stored = (build: (flow: Workflow) => unknown) => (): unknown => {
  const flow = new Workflow("w");
  build(flow);
  return flow.toJSON();
};

testWrongPrograms("what cannot be stored (G7)", [
  [
    "a predicate without a name",
    stored((f) => {
      const s = f.addNode("s", increment, { value: 0 });
      f.createCycle("c")
        .connect(s.out.value, s.in.value)
        .convergeWhen(s.out.value, () => true)
        .build();
    }),
    "not_serializable",
  ],
  [
    "a condition without a name",
    stored((f) => {
      const s = f.addNode("s", increment, { value: 0 });
      f.createCycle("c")
        .connect(s.out.value, s.in.value)
        .maxIterations(1)
        .continueWhile(s.out.value, () => true)
        .build();
    }),
    "not_serializable",
  ],
  ["a function in an input", stored((f) => f.addNode("a", echo, { value: () => 1 })), "not_serializable"],
  [
    "a function deep in an input",
    stored((f) => f.addNode("a", echo, { value: { rows: [{ fn: () => 1 }] } })),
    "not_serializable",
  ],
  ["a Symbol", stored((f) => f.addNode("a", echo, { value: Symbol("s") })), "not_serializable"],
  ["a Promise", stored((f) => f.addNode("a", echo, { value: Promise.resolve(1) })), "not_serializable"],
  ["an instance of a class", stored((f) => f.addNode("a", echo, { value: new (class Box {})() })), "not_serializable"],
  ["a WeakMap", stored((f) => f.addNode("a", echo, { value: new WeakMap() })), "not_serializable"],
  [
    "a Proxy whose traps throw",
    stored((f) =>
      f.addNode("a", echo, {
        value: new Proxy([], { get: (_, key) => (typeof key === "symbol" || key === "some" ? undefined : trap()) }),
      }),
    ),
    "not_serializable",
  ],
  [
    "a getter that throws",
    stored((f) => f.addNode("a", echo, { value: Object.defineProperty({}, "x", { enumerable: true, get: trap }) })),
    "not_serializable",
  ],
  [
    "two nodes of one name",
    stored((f) => {
      for (const id of ["a", "b"]) f.addNode(id, Object.freeze({ ...one, reference: { ...one.reference! } }));
    }),
    "not_serializable",
  ],
  [
    "an input whose schema transforms",
    () => new Workflow("w", { input: z.object({ x: z.string().transform(Number) }) }).toJSON(),
    "not_serializable",
  ],
  [
    "an input whose schema refines",
    () => new Workflow("w", { input: z.object({ x: z.string().refine(() => true) }) }).toJSON(),
    "not_serializable",
  ],
  [
    "an output that JSON Schema cannot say",
    () => new Workflow("w", { output: z.object({ x: z.map(z.string(), z.bigint()) }) }).toJSON(),
    "not_serializable",
  ],
]);

test("G7: the place of what cannot be stored is named", async () => {
  const error = await errorOf(stored((f) => f.addNode("a", echo, { value: { rows: [{ fn: () => 1 }] } })));
  expect((error as Error).message).toContain("a.value.rows[0].fn");
});

test("G7: a named predicate comes back, and the plan's answers with it", async () => {
  const isSmall = defineFunction("isSmall", (value: number) => value < 0.3);
  const flow = new Workflow("w");
  const step = flow.addNode("s", increment, { value: 0 });
  flow.createCycle("c").connect(step.out.value, step.in.value).convergeWhen(step.out.delta, isSmall).build();
  const again = read(JSON.parse(JSON.stringify(flow)), [increment, isSmall]);
  const [mine, theirs] = await Promise.all([execute(flow), execute(again)]);
  expect(theirs.results).toEqual(mine.results);
  expect(theirs.cycles["c"]).toMatchObject({ reason: "converged", iterations: 4 });
});

test("hostile keys in a stored literal come back as data", async () => {
  const value = JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}, "rows": [{"__proto__": 3}]}',
  ) as Json;
  const flow = new Workflow("w");
  const ref = flow.addNode("one", one).out.value;
  flow.addNode("plain", echo, { value });
  flow.addNode("mixed", echo, { value: Object.assign(JSON.parse('{"__proto__": {"polluted": 1}}'), { ref }) });
  const again = read(JSON.parse(JSON.stringify(flow)));
  const { results } = await withinDeadline(() => execute(again));
  expect(JSON.stringify(results["plain"].value)).toBe(JSON.stringify(value));
  expect(JSON.stringify(results["mixed"].value)).toBe('{"__proto__":{"polluted":1},"ref":1}');
  expect(Object.getPrototypeOf(results["plain"].value)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(results["mixed"].value)).toBe(Object.prototype);
});
