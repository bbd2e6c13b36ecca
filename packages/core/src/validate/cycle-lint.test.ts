import { describe, expect, test } from "vitest";
import { z } from "zod";
import { any, delta, fixpoint } from "../define/criterion.ts";
import type { CycleBuilder } from "../define/cycle.ts";
import type { NodeHandle } from "../define/handle.ts";
import { defineNode } from "../define/node.ts";
import { firstOf } from "../define/reference.ts";
import { Workflow } from "../define/workflow.ts";
import type { Issue } from "./issue.ts";
import { validate } from "./validate.ts";

type Ports = { x: number };
const ports = { input: z.object({ x: z.number() }), output: z.object({ x: z.number() }) };
const half = defineNode({ name: "half", ...ports, run: ({ x }) => ({ x: x / 2 }) });
const poll = defineNode({
  name: "poll",
  input: z.object({}),
  output: z.object({ done: z.boolean() }),
  run: () => ({ done: true }),
});

/** `start` outside, `step` in the body of a cycle that is ended by `finish`. */
function looped(
  finish: (
    cycle: CycleBuilder,
    nodes: { start: NodeHandle<Ports, Ports>; step: NodeHandle<Ports, Ports>; flow: Workflow },
  ) => unknown,
): readonly Issue[] {
  const flow = new Workflow("looped");
  const start = flow.addNode("start", half, { x: 8 });
  const step = flow.addNode("step", half, { x: start.out.x });
  const cycle = flow.createCycle("refine").connect(step.out.x, step.in.x);
  finish(cycle, { start, step, flow });
  cycle.build();
  return validate(flow);
}

const codes = (issues: readonly Issue[]): string[] => issues.map(({ code }) => code);

describe("G8: a maximum of one iteration", () => {
  test("is told, with what to do, and stops nothing", () => {
    expect(looped((cycle) => cycle.maxIterations(1))).toEqual([
      {
        code: "cycle_single_iteration",
        severity: "warning",
        place: "cycle refine",
        message: 'cycle "refine" never repeats: its maximum is one iteration',
        expected: "a maximum of two iterations or more",
        found: "maxIterations(1)",
        remedy: "raise maxIterations, or remove the cycle: its nodes run once without it",
      },
    ]);
  });

  test("and one of two is not", () => expect(looped((cycle) => cycle.maxIterations(2))).toEqual([]));
});

describe("G8: a criterion that reads nothing that changes", () => {
  test.each<[string, Parameters<typeof looped>[0], string]>([
    [
      "a predicate over a node before the cycle",
      (c, { start }) => c.convergeWhen(start.out.x, (x) => x < 1),
      "start.x",
    ],
    ["a criterion over it", (c, { start }) => c.convergeWhen(delta(start.out.x, 1)), "start.x"],
    [
      "one of several",
      (c, { start, step }) => c.convergeWhen(any(fixpoint(start.out.x), delta(step.out.x, 1))),
      "start.x from",
    ],
    ["an expression without a name", (c) => c.convergeWhen("1 > 2"), "nothing"],
  ])("%s", (_, finish, found) => {
    const [issue, ...others] = looped(finish);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: "cycle_criterion_constant", severity: "warning", place: "cycle refine" });
    expect(issue!.found).toContain(found);
  });

  test("the input of the workflow itself", () => {
    const flow = new Workflow("w", { input: z.object({ goal: z.number() }) });
    const step = flow.addNode("step", half, { x: 1 });
    flow
      .createCycle("refine")
      .connect(step.out.x, step.in.x)
      .convergeWhen(flow.input.goal, (goal) => goal > 1)
      .build();
    expect(validate(flow, { input: { goal: 1 } })).toMatchObject([
      { code: "cycle_criterion_constant", found: "input.goal from outside its body" },
    ]);
  });

  test.each<[string, Parameters<typeof looped>[0]]>([
    ["an output of the body", (c, { step }) => c.convergeWhen(step.out.x, (x) => x < 1)],
    ["an expression over the body", (c) => c.convergeWhen("step.x < 1")],
    ["an expression over the iteration alone", (c) => c.convergeWhen("iteration >= 3")],
    ["one over the time alone", (c) => c.convergeWhen("elapsedMs > 5")],
    [
      "a constant beside the iteration",
      (c, { start }) => c.convergeWhen(start.out.x, (x, { iteration }) => iteration > x),
    ],
    [
      "the first of two, one of them in the body",
      (c, { start, step }) => c.convergeWhen(delta(firstOf(step.out.x, start.out.x), 1)),
    ],
    // A node without a connection may look at the world outside, at its state or at a clock.
    [
      "a node that nothing feeds",
      (c, { flow }) => {
        const seen = flow.addNode("seen", poll, {});
        c.include(seen).convergeWhen(seen.out.done, (done) => done);
      },
    ],
    ["no criterion at all", (c) => c.timeout(100)],
  ])("is not %s", (_, finish) => expect(looped(finish)).toEqual([]));
});

describe("G8: a feedback that nobody reads", () => {
  const typed = { input: z.object({ x: z.number(), seed: z.number() }), output: z.object({ x: z.number() }) };

  function fedBack(body: Workflow<{ x: number; seed: number }, Ports>): readonly Issue[] {
    const flow = new Workflow("outer");
    const step = flow.addNode("step", body, { x: 1, seed: 1 });
    flow
      .createCycle("refine")
      .connect(step.out.x, step.in.x)
      .connect(step.out.x, step.in.seed)
      .maxIterations(5)
      .build();
    return validate(flow);
  }

  test("goes into a declared input that nothing inside has", () => {
    const body = new Workflow("body", typed);
    body.setOutput({ x: body.addNode("half", half, { x: body.input.x }).out.x });
    expect(fedBack(body)).toMatchObject([
      {
        code: "cycle_feedback_unread",
        severity: "warning",
        place: "cycle refine",
        message: 'cycle "refine" feeds "step.seed", which nothing inside workflow "body" reads',
      },
    ]);
  });

  test("at any depth", () => {
    const inner = new Workflow("inner", typed);
    inner.setOutput({ x: inner.addNode("half", half, { x: inner.input.x }).out.x });
    const body = new Workflow("body", typed);
    body.setOutput({ x: body.addNode("inner", inner, { x: body.input.x, seed: body.input.seed }).out.x });
    expect(codes(fedBack(body))).toEqual(["cycle_feedback_unread"]);
  });

  test.each<[string, (body: Workflow<{ x: number; seed: number }, Ports>) => unknown]>([
    ["a node", (body) => body.addNode("seeded", half, { x: body.input.seed })],
    [
      "a cycle's feedback",
      (body) => {
        const step = body.addNode("step", half, { x: 1 });
        return body.createCycle("c").connect(firstOf(step.out.x, body.input.seed), step.in.x).maxIterations(2).build();
      },
    ],
    [
      "a literal with references",
      (body) => {
        const list = z.object({ all: z.array(z.number()) });
        const sum = defineNode({ name: "sum", input: list, output: list, run: (input) => input });
        return body.addNode("sum", sum, { all: [1, body.input.seed] });
      },
    ],
  ])("but not where %s reads it", (_, read) => {
    const body = new Workflow("body", typed);
    body.setOutput({ x: body.addNode("half", half, { x: body.input.x }).out.x });
    read(body);
    expect(fedBack(body)).toEqual([]);
  });

  test("nor where it is handed out", () => {
    const body = new Workflow("body", typed);
    body.addNode("half", half, { x: body.input.x });
    body.setOutput({ x: body.input.seed });
    expect(fedBack(body)).toEqual([]);
  });
});

test("G8: all of a workflow's are found in one pass, inside workflows under their path", () => {
  const body = new Workflow("body", ports);
  const step = body.addNode("step", half, { x: body.input.x });
  body.createCycle("once").connect(step.out.x, step.in.x).convergeWhen("2 > 3").maxIterations(1).build();
  body.setOutput({ x: step.out.x });
  const flow = new Workflow("outer");
  const sub = flow.addNode("sub", body, { x: 1 });
  flow.createCycle("twice").connect(sub.out.x, sub.in.x).convergeWhen("false").maxIterations(1).build();
  expect(validate(flow).map(({ code, place }) => `${code} ${place}`)).toEqual([
    "cycle_single_iteration cycle twice",
    "cycle_criterion_constant cycle twice",
    "cycle_single_iteration sub/cycle once",
    "cycle_criterion_constant sub/cycle once",
  ]);
});
