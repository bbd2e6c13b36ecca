import { z } from "zod";
import { delta } from "../define/criterion.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { testWrongPrograms, wrong } from "./wrong-program.fixture.ts";

const flow = new Workflow("mine");
const source = flow.addNode("source", one);
const ref = source.out.value;
/** The reference as plain JavaScript sees it. */
const bare = ref as unknown as Record<string, unknown> & number & { at: (index: unknown) => unknown };
const ports = (handle: { out: unknown; in: unknown }): Record<"in" | "out", Record<string, unknown>> => wrong(handle);
const loop = flow.addNode("loop", increment, { value: 1 });

const foreign = new Workflow("other");
const other = foreign.addNode("source", one);
const foreignLoop = foreign.addNode("loop", increment, { value: 1 });

/** Passes something as the input of a node that takes anything, and runs it. */
const passed =
  (make: (ref: unknown, flow: Workflow) => unknown): (() => unknown) =>
  () => {
    const built = new Workflow("passing");
    const made = make(built.addNode("a", one).out.value, built);
    built.addNode("b", echo, { value: made });
    return execute(built);
  };

testWrongPrograms("references used as values", [
  ["in a text", () => `${bare}`, "reference_misused"],
  ["in a sum", () => bare + 1, "reference_misused"],
  ["in a comparison", () => bare < 1, "reference_misused"],
  ["as a number", () => Number(bare), "reference_misused"],
  ["as a text", () => String(bare), "reference_misused"],
  ["in JSON", () => JSON.stringify({ ref }), "reference_misused"],
  ["spread into an object", () => ({ ...ref }), "reference_misused"],
  ["spread into a list", () => [...wrong(ref)], "reference_misused"],
  [
    "in a for loop over keys",
    () => {
      for (const key in ref) return key;
      return undefined;
    },
    "reference_misused",
  ],
  ["with the in operator", () => "x" in ref, "reference_misused"],
  [
    "assigned to",
    () => {
      bare["x"] = 1;
    },
    "reference_misused",
  ],
  [
    "an output port assigned to",
    () => {
      ports(source).out["value"] = 1;
    },
    "reference_misused",
  ],
  [
    "an input port assigned to",
    () => {
      ports(loop).in["value"] = 1;
    },
    "reference_misused",
  ],
  ["at() without an index", () => bare.at("first"), "reference_misused"],
  ["at() with half an index", () => bare.at(0.5), "reference_misused"],
]);

testWrongPrograms("references where no wire can find them", [
  ["in a Map", passed((each) => new Map([["key", each]])), "reference_misused"],
  ["in a Set", passed((each) => new Set([each])), "reference_misused"],
  ["in an instance of a class", passed((each) => Object.assign(new (class Box {})(), { each })), "reference_misused"],
  [
    "in a literal that holds itself",
    passed((each) => {
      const cyclic: Record<string, unknown> = { each };
      cyclic["self"] = cyclic;
      return cyclic;
    }),
    "reference_misused",
  ],
  ["all outputs of a node at once", passed((_, f) => f.addNode("c", one).out), "reference_misused"],
  ["a node's handle", passed((_, f) => f.addNode("c", one)), "reference_misused"],
  ["an input port", passed((_, f) => f.addNode("c", increment, { value: 1 }).in.value), "reference_misused"],
  ["a workflow", passed((_, f) => f), "reference_misused"],
]);

testWrongPrograms("references that belong elsewhere", [
  ["in an input", () => flow.addNode("x1", echo, { value: other.out.value }), "foreign_reference"],
  [
    "deep in an input",
    () => flow.addNode("x2", echo, { value: { rows: [{ at: [other.out.value] }] } }),
    "foreign_reference",
  ],
  ["in firstOf", () => flow.addNode("x3", echo, { value: firstOf(ref, other.out.value) }), "foreign_reference"],
  ["in a map", () => flow.addMap("x4", echo, { each: { value: wrong(other.out.value) } }), "foreign_reference"],
  ["from, in connect", () => flow.connect(other.out.value, loop.in.value), "foreign_reference"],
  ["to, in connect", () => flow.connect(ref, foreignLoop.in.value), "foreign_reference"],
  ["a handle from, in connect", () => flow.connect(wrong(other), loop), "foreign_reference"],
  ["a handle to, in connect", () => flow.connect(wrong(source), foreignLoop), "foreign_reference"],
  [
    "in setOutput",
    () => new Workflow("w", { output: z.object({ v: z.number() }) }).setOutput({ v: other.out.value }),
    "foreign_reference",
  ],
  [
    "the input of another workflow",
    () => flow.addNode("x5", echo, { value: new Workflow("w", { input: z.object({ u: z.number() }) }).input.u }),
    "foreign_reference",
  ],
  ["from, in a cycle", () => flow.createCycle("c1").connect(other.out.value, loop.in.value), "foreign_reference"],
  ["to, in a cycle", () => flow.createCycle("c2").connect(loop.out.value, foreignLoop.in.value), "foreign_reference"],
  ["in convergeWhen", () => flow.createCycle("c3").convergeWhen(other.out.value, () => true), "foreign_reference"],
  ["in a criterion", () => flow.createCycle("c4").convergeWhen(delta(other.out.value, 1)), "foreign_reference"],
  ["in continueWhile", () => flow.createCycle("c5").continueWhile(other.out.value, () => true), "foreign_reference"],
  ["in include", () => flow.createCycle("c6").include(wrong(foreignLoop)), "foreign_reference"],
  [
    "in result.get",
    async () => {
      const mine = new Workflow("w");
      mine.addNode("source", one);
      return (await execute(mine)).get(other);
    },
    "no_result",
  ],
]);

testWrongPrograms("values where references belong", [
  ["in a cycle's connect", () => flow.createCycle("v1").connect(wrong(1), wrong(loop.in.value)), "reference_misused"],
  ["as a cycle's target", () => flow.createCycle("v2").connect(ref, wrong(1)), "reference_misused"],
  [
    "in convergeWhen",
    () =>
      flow.createCycle("v3").convergeWhen(
        wrong(1),
        wrong(() => true),
      ),
    "reference_misused",
  ],
  [
    "in continueWhile",
    () => flow.createCycle("v4").continueWhile(wrong("loop.value"), () => true),
    "reference_misused",
  ],
  ["in delta", () => flow.createCycle("v5").convergeWhen(delta(wrong("loop.value"), 1)), "reference_misused"],
  ["in firstOf", () => firstOf(ref, wrong(null)), "reference_misused"],
]);
