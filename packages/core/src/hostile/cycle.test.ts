import { expect, test } from "vitest";
import { all, any, type Criterion, delta, fixpoint, plateau } from "../define/criterion.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import type { NodeHandle } from "../define/handle.ts";
import { Workflow } from "../define/workflow.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { errorOf, testWrongPrograms, wrong } from "./wrong-program.fixture.ts";

type Step = NodeHandle<{ value: number }, { value: number; delta: number }>;

/** Runs a cycle over one node that counts. */
const cycle =
  (say: (builder: CycleBuilder, step: Step, flow: Workflow) => unknown): (() => unknown) =>
  () => {
    const flow = new Workflow("cyclic");
    const step = flow.addNode("step", increment, { value: 0 });
    say(flow.createCycle("loop"), step, flow);
    return execute(flow);
  };

/** A cycle that is sound but for what is said of it. */
const sound = (say: (builder: CycleBuilder, step: Step, flow: Workflow) => CycleBuilder): (() => unknown) =>
  cycle((builder, step, flow) =>
    say(builder.connect(step.out.value, step.in.value).maxIterations(3), step, flow).build(),
  );

testWrongPrograms("half-built cycles (G4)", [
  ["begun and never built", cycle(() => undefined), "cycle_unbuilt"],
  ["described and never built", cycle((c, s) => c.connect(s.out.value, s.in.value).maxIterations(2)), "cycle_unbuilt"],
  ["without feedback", cycle((c) => c.maxIterations(2).build()), "cycle_empty"],
  ["without a limit (G5)", cycle((c, s) => c.connect(s.out.value, s.in.value).build()), "cycle_unbounded"],
  [
    "with a condition as its only limit (G5)",
    cycle((c, s) =>
      c
        .connect(s.out.value, s.in.value)
        .continueWhile(s.out.value, () => true)
        .build(),
    ),
    "cycle_unbounded",
  ],
  [
    "built twice",
    cycle((c, s) => {
      c.connect(s.out.value, s.in.value).maxIterations(2).build();
      c.build();
    }),
    "duplicate_cycle",
  ],
  ["two of one name", cycle((_, _s, f) => f.createCycle("loop")), "duplicate_cycle"],
  [
    "feedback that closes no loop",
    cycle((c, s, f) => c.connect(f.addNode("after", one).out.value, s.in.value).maxIterations(2).build()),
    "cycle_empty",
  ],
  ["feedback said twice", sound((c, s) => c.connect(s.out.value, s.in.value)), "conflicting_source"],
  ["two feedbacks for one input", sound((c, s) => c.connect(s.out.delta, s.in.value)), "conflicting_source"],
  [
    "feedback from an unknown node",
    cycle((c) => c.connect("nobody.value", "step.value").maxIterations(2).build()),
    "unknown_node",
  ],
  [
    "feedback to an unknown node",
    cycle((c) => c.connect("step.value", "nobody.value").maxIterations(2).build()),
    "unknown_node",
  ],
  [
    "feedback from an unknown port",
    cycle((c) => c.connect("step.valeu", "step.value").maxIterations(2).build()),
    "unknown_port",
  ],
  [
    "feedback to an unknown port",
    cycle((c) => c.connect("step.value", "step.valeu").maxIterations(2).build()),
    "unknown_port",
  ],
  [
    "feedback as the only source of an input",
    () => {
      const flow = new Workflow("w");
      const step = flow.addNode("step", increment);
      flow.createCycle("c").connect(step.out.value, step.in.value).maxIterations(2).build();
      return execute(flow);
    },
    "missing_input",
  ],
  ["an unknown node included", sound((c) => c.include("nobody")), "unknown_node"],
  ["no node included", sound((c) => c.include(wrong(undefined))), "reference_misused"],
  ["null included", sound((c) => c.include(wrong(null))), "reference_misused"],
  ["a number included", sound((c) => c.include(wrong(7))), "reference_misused"],
]);

testWrongPrograms("what a cycle is told", [
  ["a predicate that is no function", sound((c, s) => c.convergeWhen(s.out.value, wrong(true))), "invalid_option"],
  ["no predicate", sound((c, s) => c.convergeWhen(wrong(s.out.value))), "invalid_option"],
  ["nothing to converge on", sound((c) => c.convergeWhen(wrong(undefined))), "reference_misused"],
  ["a condition that is no function", sound((c, s) => c.continueWhile(s.out.value, wrong("yes"))), "invalid_option"],
  ["an unknown policy", sound((c) => c.onExhausted(wrong("explode"))), "invalid_option"],
  ["a policy that cannot be shown", sound((c) => c.onExhausted(wrong(Object.create(null)))), "invalid_option"],
  ["any of nothing", () => any(), "invalid_option"],
  ["all of what is no criterion", () => all(wrong(5)), "invalid_option"],
  [
    "a plateau with an unknown goal",
    sound((c, s) => c.convergeWhen(plateau(s.out.value, { goal: wrong("sideways") }))),
    "invalid_option",
  ],
  [
    "a criterion with a misspelt setting",
    sound((c, s) => c.convergeWhen(fixpoint(s.out.value, wrong({ patiance: 3 })))),
    "invalid_option",
  ],
  [
    "a criterion made by hand",
    sound((c, s) =>
      c.convergeWhen({ kind: "delta", ref: s.out.value, tolerance: Number.NaN, patience: 1 } as Criterion),
    ),
    "invalid_option",
  ],
  ["a composition made by hand", sound((c) => c.convergeWhen({ kind: "any", of: wrong(5) })), "invalid_option"],
  [
    "a predicate on an unknown port",
    sound((c, s) => c.convergeWhen(wrong(s.out)["valeu"], () => true)),
    "unknown_port",
  ],
  ["a criterion on an unknown port", sound((c, s) => c.convergeWhen(delta(wrong(s.out)["valeu"], 1))), "unknown_port"],
]);

/** Two nodes in a row, each fed back by cycles as told. */
const pair =
  (say: (flow: Workflow, a: Step, b: Step) => void): (() => unknown) =>
  () => {
    const flow = new Workflow("pair");
    const a = flow.addNode("a", increment, { value: 0 });
    const b = flow.addNode("b", increment, { value: a.out.value });
    say(flow, a, b);
    return execute(flow);
  };

testWrongPrograms("bodies (G4)", [
  [
    "equal",
    pair((flow, a, b) => {
      flow.createCycle("first").connect(b.out.value, a.in.value).maxIterations(2).build();
      flow.createCycle("second").connect(b.out.delta, a.in.value).maxIterations(2).build();
    }),
    "cycle_overlap",
  ],
  [
    "overlapping",
    pair((flow, a, b) => {
      const c = flow.addNode("c", increment, { value: b.out.value });
      flow.createCycle("first").connect(b.out.value, a.in.value).maxIterations(2).build();
      flow.createCycle("second").connect(c.out.value, b.in.value).maxIterations(2).build();
    }),
    "cycle_overlap",
  ],
  [
    "overlapping by include",
    pair((flow, a, b) => {
      flow.addNode("c", echo, { value: 1 });
      flow.createCycle("first").connect(a.out.value, a.in.value).maxIterations(2).include("c").build();
      flow.createCycle("second").connect(b.out.value, b.in.value).maxIterations(2).include("c").build();
    }),
    "cycle_overlap",
  ],
  [
    "that leave a path out and come back in",
    pair((flow, a, b) => {
      const between = flow.addNode("between", increment, { value: a.out.value });
      const sum = flow.addNode("sum", echo, { value: [between.out.value, b.out.value] });
      flow.createCycle("first").connect(a.out.value, a.in.value).maxIterations(2).include(sum).build();
    }),
    "unmarked_cycle",
  ],
]);

test("G4: overlapping bodies are named, with the way to mend them", async () => {
  const program = pair((flow, a, b) => {
    const c = flow.addNode("c", increment, { value: b.out.value });
    flow.createCycle("first").connect(b.out.value, a.in.value).maxIterations(2).build();
    flow.createCycle("second").connect(c.out.value, b.in.value).maxIterations(2).build();
  });
  const { message } = (await errorOf(program)) as Error;
  expect(message).toContain('cycles "first" (a, b) and "second" (b, c) share b');
  expect(message).toContain(".include(");
});
