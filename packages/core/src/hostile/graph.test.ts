import { expect, test } from "vitest";
import { z } from "zod";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, wrong } from "./wrong-program.fixture.ts";

const flow = (): Workflow => new Workflow("wrong");

/** Runs a workflow that was built wrongly. */
const run =
  (build: (flow: Workflow) => unknown): (() => unknown) =>
  () => {
    const built = flow();
    build(built);
    return execute(built);
  };

testWrongPrograms("nodes and inputs", [
  ["two nodes of one id", run((f) => f.addNode("a", one) && f.addNode("a", one)), "duplicate_node"],
  ["no node at all", () => flow().addNode("a", wrong(undefined)), "invalid_definition"],
  [
    "a function as a node",
    () =>
      flow().addNode(
        "a",
        wrong(() => ({})),
      ),
    "invalid_definition",
  ],
  [
    "an object that pretends to be a node",
    () => flow().addNode("a", wrong({ kind: "node", name: "a", inputs: {}, outputs: {} })),
    "invalid_definition",
  ],
  ["a workflow without a name", () => new Workflow(""), "invalid_definition"],
  ["a workflow whose name is no text", () => new Workflow(wrong(5)), "invalid_definition"],
  ["a workflow that prefers an unknown runtime", () => new Workflow("w", { runtime: wrong("warp") }), "invalid_option"],
  ["a list as inputs", () => flow().addNode("a", increment, wrong([1])), "invalid_definition"],
  ["a text as inputs", () => flow().addNode("a", increment, wrong("value")), "invalid_definition"],
  ["a missing input (G6)", run((f) => f.addNode("a", increment)), "missing_input"],
  [
    "an input that is undefined (G6)",
    run((f) => f.addNode("a", increment, { value: wrong(undefined) })),
    "missing_input",
  ],
  ["an input that the node does not have (G2)", run((f) => f.addNode("a", one, wrong({ valeu: 1 }))), "unknown_port"],
]);

testWrongPrograms("connections (G2)", [
  ["from an unknown node", run((f) => f.addNode("a", increment) && f.connect("b.value", "a.value")), "unknown_node"],
  ["to an unknown node", run((f) => f.addNode("a", one) && f.connect("a.value", "b.value")), "unknown_node"],
  ["between nodes, one unknown", run((f) => f.addNode("a", one) && f.connect("a", "b")), "unknown_node"],
  [
    "from an unknown port, by name",
    run((f) => f.addNode("a", one) && f.addNode("b", echo) && f.connect("a.valeu", "b.value")),
    "unknown_port",
  ],
  [
    "to an unknown port, by name",
    run((f) => f.addNode("a", one) && f.addNode("b", one) && f.connect("a.value", "b.valeu")),
    "unknown_port",
  ],
  [
    "from an unknown port, by reference",
    run((f) => f.addNode("b", echo, { value: wrong(f.addNode("a", one).out)["valeu"] })),
    "unknown_port",
  ],
  [
    "to an unknown port, by reference",
    run((f) => f.connect(f.addNode("a", one).out.value, wrong(f.addNode("b", one).in)["valeu"])),
    "unknown_port",
  ],
  [
    "between nodes without equal ports",
    run((f) => f.addNode("a", one) && f.addNode("b", one) && f.connect("a", "b")),
    "unknown_port",
  ],
  ["from a node's id without a port", () => flow().connect("a", "b.value"), "unknown_port"],
  ["of empty texts", () => flow().connect("", ""), "unknown_port"],
  ["of dots", () => flow().connect("..", "..."), "unknown_port"],
  ["from a number", () => flow().connect(wrong(5), wrong("a.value")), "reference_misused"],
  ["into a value", () => flow().connect("a.value", wrong(5)), "reference_misused"],
  ["into an output", run((f) => f.connect("a.value", wrong(f.addNode("b", one).out.value))), "reference_misused"],
  [
    "said twice",
    run(
      (f) =>
        f.addNode("a", one) && f.addNode("b", echo) && f.connect("a.value", "b.value").connect("a.value", "b.value"),
    ),
    "duplicate_connection",
  ],
  [
    "said by addNode and connect",
    run((f) => f.addNode("b", echo, { value: f.addNode("a", one).out.value }) && f.connect("a.value", "b.value")),
    "duplicate_connection",
  ],
  [
    "of two sources for one input",
    run(
      (f) =>
        f.addNode("a", one) &&
        f.addNode("c", one) &&
        f.addNode("b", echo) &&
        f.connect("a.value", "b.value").connect("c.value", "b.value"),
    ),
    "conflicting_source",
  ],
  ["of firstOf over nothing", () => firstOf(), "reference_misused"],
  ["of firstOf over values", () => firstOf(wrong(1), wrong(2)), "reference_misused"],
]);

testWrongPrograms("loops (G4)", [
  ["a node that reads itself", run((f) => f.addNode("a", echo) && f.connect("a.value", "a.value")), "unmarked_cycle"],
  [
    "two nodes that read each other",
    run(
      (f) =>
        f.addNode("a", echo) && f.addNode("b", echo) && f.connect("a.value", "b.value").connect("b.value", "a.value"),
    ),
    "unmarked_cycle",
  ],
]);

testWrongPrograms("workflows in workflows (G9)", [
  [
    "a workflow as a node of itself",
    () => {
      const f = flow();
      f.addNode("self", f);
    },
    "invalid_definition",
  ],
  [
    "two workflows inside each other",
    () => {
      const [a, b] = [new Workflow("a"), new Workflow("b")];
      a.addNode("b", b);
      b.addNode("a", a);
      return execute(a);
    },
    "invalid_definition",
  ],
  [
    "a map over a workflow",
    run((f) => {
      const inner = new Workflow("inner", { input: z.object({ x: z.number() }) });
      f.addMap("m", inner, { each: { x: [1, 2] } });
    }),
    "unsupported",
  ],
  ["an output that is not declared", run((f) => f.setOutput(wrong({ x: 1 }))), "unknown_port"],
  [
    "a declared output that comes from nowhere",
    () => execute(new Workflow("w", { output: z.object({ x: z.number() }) })),
    "missing_input",
  ],
  ["outputs that are no object", () => flow().setOutput(wrong(null)), "invalid_definition"],
]);

test("G2: an unknown name is answered with the nearest known one", async () => {
  const f = flow();
  f.addNode("source", one);
  f.addNode("sink", echo);
  f.connect("sorce.value", "sink.value");
  f.connect("source.vlaue", "sink.valeu");
  const error = (await errorOf(() => execute(f))) as { message: string; issues: { remedy: string }[] };
  const remedies = error.issues.map(({ remedy }) => remedy);
  expect(remedies).toContain('did you mean "source"?');
  // Both ends of the second wire are misspelt, and both are told in one go (G8).
  expect(remedies.filter((remedy) => remedy === 'did you mean "value"?')).toHaveLength(2);
  expect(error.message).toContain('there is no node "sorce"');
});

test("G4: a loop of ordinary connections is named by its path", async () => {
  const f = flow();
  for (const id of ["outside", "a", "b", "c"]) f.addNode(id, echo, wrong(id === "outside" ? { value: 1 } : {}));
  f.connect("a.value", "b.value").connect("b.value", "c.value").connect("c.value", "a.value");
  const error = (await errorOf(() => execute(f))) as { message: string };
  expect(error.message).toMatch(/a → b → c → a|b → c → a → b|c → a → b → c/);
});

test("G8: all problems are reported in one go", async () => {
  const f = flow();
  f.addNode("a", increment);
  f.addNode("b", increment, wrong({ valeu: 1 }));
  f.connect("x.value", "a.value");
  f.createCycle("half");
  const error = (await errorOf(() => execute(f, { parameters: { nobody: {} } }))) as { issues: { code: string }[] };
  expect(error.issues.map(({ code }) => code).toSorted()).toEqual([
    "cycle_unbuilt",
    "missing_input",
    "unknown_node",
    "unknown_parameter",
    "unknown_port",
  ]);
});
