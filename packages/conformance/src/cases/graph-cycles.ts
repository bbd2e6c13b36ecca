import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { add, increment, number, orSeven } from "../fixtures/numbers.ts";
import { fromFour } from "../fixtures/predicates.ts";
import { eventsOf, starts } from "../timeline.ts";

function chain(...ids: string[]): Workflow {
  const flow = new Workflow("chain");
  for (const id of ids) flow.addNode(id, increment, { value: 0 });
  ids.slice(1).forEach((id, i) => flow.connect(`${ids[i]}.value`, `${id}.value`));
  return flow;
}

export const graphCycles: readonly Case[] = [
  ...casesOf("G4", {
    "a loop of ordinary connections is an error that names the path": async (subject) => {
      const error = await subject.rejected(chain("first", "second", "third").connect("third.value", "first.value"));
      assert.equal(error.code, "unmarked_cycle");
      assert.match(error.message, /first → second → third → first/);
    },
    "the body is every node on a path from the feedback's target to its source": async (subject) => {
      const flow = chain("before", "from", "between", "back", "after");
      flow.createCycle("loop").connect("back.value", "from.value").maxIterations(3).build();
      const { events } = await subject.observed(flow);
      const expected = ["before", ...Array<string[]>(3).fill(["from", "between", "back"]).flat(), "after"];
      assert.deepEqual(starts(events), expected);
    },
    "a node that the criterion reads belongs to the body": async (subject) => {
      const flow = new Workflow("watched");
      const step = flow.addNode("step", increment, { value: 0 });
      const watch = flow.addNode("watch", number, { value: step.out.value });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
      loop.convergeWhen(watch.out.value, fromFour).maxIterations(9).build();
      const { cycles, results } = await subject.completed(flow);
      assert.equal(cycles["loop"]?.iterations, 4);
      assert.deepEqual(results["watch"], { value: 4 });
    },
    "include adds a node to the body": async (subject) => {
      const flow = chain("step", "aside");
      flow.createCycle("loop").connect("step.value", "step.value").include("aside").maxIterations(2).build();
      const { events } = await subject.observed(flow);
      assert.deepEqual(starts(events), ["step", "aside", "step", "aside"]);
    },
    "bodies that overlap are refused": async (subject) => {
      const flow = chain("a", "b", "c");
      flow.createCycle("one").connect("b.value", "a.value").maxIterations(2).build();
      flow.createCycle("two").connect("c.value", "b.value").maxIterations(2).build();
      assert.equal((await subject.rejected(flow)).code, "cycle_overlap");
    },
    "equal bodies are refused": async (subject) => {
      const flow = new Workflow("equal");
      flow.addNode("step", add, { a: 1, b: 1 });
      flow.createCycle("one").connect("step.sum", "step.a").maxIterations(2).build();
      flow.createCycle("two").connect("step.sum", "step.b").maxIterations(2).build();
      assert.equal((await subject.rejected(flow)).code, "cycle_overlap");
    },
    "a cycle left unbuilt is an issue": async (subject) => {
      const flow = chain("step");
      flow.createCycle("loop").connect("step.value", "step.value").maxIterations(2);
      assert.equal((await subject.rejected(flow)).code, "cycle_unbuilt");
    },
  }),
  ...casesOf("G5", {
    "a cycle without a limit, a criterion or a timeout is refused": async (subject) => {
      const flow = chain("step");
      flow.createCycle("loop").connect("step.value", "step.value").build();
      assert.equal((await subject.rejected(flow)).code, "cycle_unbounded");
    },
    "a criterion alone will do": async (subject) => {
      const flow = chain("step");
      flow.createCycle("loop").connect("step.value", "step.value").convergeWhen("step.value >= 4").build();
      assert.equal((await subject.completed(flow)).cycles["loop"]?.iterations, 4);
    },
    "limits that are zero, negative or not finite are refused": async (subject) => {
      for (const limit of [0, -1, Number.NaN, Infinity, 1.5])
        assert.throws(() => chain("step").createCycle("loop").maxIterations(limit), { code: "cycle_limit_invalid" });
      for (const limit of [0, -1, Number.NaN, Infinity])
        assert.throws(() => chain("step").createCycle("loop").timeout(limit), { code: "cycle_limit_invalid" });
      const flow = chain("step");
      flow.createCycle("loop").connect("step.value", "step.value").maxIterations(1).build();
      assert.deepEqual((await subject.completed(flow)).results, { step: { value: 1 } });
    },
  }),
  ...casesOf("G6", {
    "a missing required input is found before any node runs": async (subject) => {
      const flow = chain("fine");
      flow.addNode("poor", number);
      const { events, error } = await subject.observed(flow);
      assert.equal(error?.code, "missing_input");
      assert.match(error.message, /poor\.value/);
      assert.deepEqual(eventsOf(events, "node.started"), []);
    },
    "a feedback alone does not supply the first iteration": async (subject) => {
      const flow = new Workflow("hungry");
      const step = flow.addNode("step", increment);
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).build();
      assert.equal((await subject.rejected(flow)).code, "missing_input");
    },
    "a literal, a connection or a default is enough": async (subject) => {
      const flow = new Workflow("fed");
      const literal = flow.addNode("literal", number, { value: 1 });
      flow.addNode("connection", number, { value: literal.out.value });
      flow.addNode("default", orSeven, {});
      const { results } = await subject.completed(flow);
      assert.deepEqual(results, { literal: { value: 1 }, connection: { value: 1 }, default: { value: 7 } });
    },
    "a parameter is enough": async (subject) => {
      const flow = new Workflow("fed");
      flow.addNode("parameter", number);
      const { results } = await subject.completed(flow, { parameters: { parameter: { value: 3 } } });
      assert.deepEqual(results, { parameter: { value: 3 } });
    },
    "check() reports the missing input without running anything": async (subject) => {
      const flow = new Workflow("poor");
      flow.addNode("poor", number);
      const issues = (await subject.create()).check(flow);
      assert.deepEqual(
        issues.map(({ code, place }) => [code, place]),
        [["missing_input", "poor.value"]],
      );
    },
  }),
  ...casesOf("G8", {
    "every problem is reported in one go, each with code, place and remedy": async (subject) => {
      const flow = chain("a", "b").connect("b.value", "a.value");
      flow.addNode("poor", number);
      flow.connect("nowhere.value", "poor.value");
      flow.addNode("hungry", number);
      const error = await subject.rejected(flow);
      const codes = error.issues.map(({ code }) => code);
      for (const code of ["unmarked_cycle", "unknown_node", "missing_input"] as const)
        assert.ok(codes.includes(code), code);
      assert.equal(error.code, "workflow_invalid");
      for (const { place, message, remedy } of error.issues)
        for (const part of [place, message, remedy]) assert.ok(typeof part === "string" && part !== "");
      assert.ok(error.issues.every(({ message }) => error.message.includes(message)));
    },
    "an issue tells what was expected and what was found": async (subject) => {
      const flow = chain("a", "b").connect("a.valeu", "b.value");
      const issue = (await subject.create()).check(flow).find(({ code }) => code === "unknown_port");
      assert.equal(issue?.found, "valeu");
      assert.match(issue.expected ?? "", /value/);
    },
  }),
];
