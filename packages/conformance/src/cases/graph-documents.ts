import assert from "node:assert/strict";
import { firstOf, Workflow, type WorkflowLike } from "@polyloom/core";
import { z } from "zod";
import { type Case, casesOf } from "../case.ts";
import { fork, joined, readPage } from "../fixtures/branches.ts";
import { add, increment, number, total } from "../fixtures/numbers.ts";
import { belowFour, fromFour } from "../fixtures/predicates.ts";
import { hold } from "../fixtures/waits.ts";
import type { Subject } from "../subject.ts";
import { eventsOf, hasStarted, starts } from "../timeline.ts";

const LIBRARY = [fork, joined, readPage, add, increment, number, total, fromFour, belowFour];

/** The same results before and after the workflow was text. */
async function sameAsText(subject: Subject, flow: Workflow): Promise<void> {
  const copy = Workflow.fromJSON(JSON.parse(JSON.stringify(flow)) as unknown, LIBRARY);
  const [before, after] = [await subject.completed(flow), await subject.completed(copy)];
  assert.deepEqual(after.results, before.results);
  assert.deepEqual(iterations(after.cycles), iterations(before.cycles));
}

function iterations(cycles: Readonly<Record<string, { iterations: number; reason: string }>>): unknown {
  return Object.entries(cycles).map(([name, { iterations: count, reason }]) => [name, count, reason]);
}

/** A workflow with declared ports: adds one to `value`, `times` nodes in a row. */
function adder(name: string): Workflow<{ value: number }, { value: number }> {
  const number1 = z.object({ value: z.number() });
  const flow = new Workflow(name, { input: number1, output: number1 });
  const step = flow.addNode("step", increment, { value: flow.input.value });
  return flow.setOutput({ value: step.out.value });
}

export const graphDocuments: readonly Case[] = [
  ...casesOf("G7", {
    "a document gives the same results: wires, paths, templates, firstOf": async (subject) => {
      const flow = new Workflow("wires");
      const page = flow.addNode("page", readPage, { title: "a title" });
      const branch = flow.addNode("branch", fork, { value: page.out.page.meta.size, way: "right" });
      flow.addNode("join", number, { value: firstOf(branch.out.left, branch.out.right) });
      flow.addNode("text", joined, { parts: [{ text: page.out.page.links.at(-1) }, { text: page.out.page.title }] });
      await sameAsText(subject, flow);
    },
    "a document gives the same results: a cycle with a criterion in words": async (subject) => {
      const flow = new Workflow("words");
      const step = flow.addNode("step", increment, { value: 0 });
      flow
        .createCycle("loop")
        .connect(step.out.value, step.in.value)
        .convergeWhen("step.value > 2")
        .maxIterations(9)
        .build();
      await sameAsText(subject, flow);
    },
    "a document gives the same results: a cycle with named functions": async (subject) => {
      const flow = new Workflow("functions");
      const step = flow.addNode("step", increment, { value: 0 });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
      loop.convergeWhen(step.out.value, fromFour).continueWhile(step.out.value, belowFour).maxIterations(9).build();
      await sameAsText(subject, flow);
    },
    "a document gives the same results: a map": async (subject) => {
      const flow = new Workflow("map");
      flow.addMap("map", add, { each: { a: [1, 2, 3] }, with: { b: 10 }, chunkSize: 2 });
      await sameAsText(subject, flow);
    },
    "a document gives the same results: a workflow inside": async (subject) => {
      const flow = new Workflow("outer");
      flow.addNode("inner", adder("adder"), { value: 4 });
      await sameAsText(subject, flow);
    },
    "a function without a name is refused, with its place": async (subject) => {
      const flow = new Workflow("unnamed");
      const step = flow.addNode("step", increment, { value: 0 });
      flow
        .createCycle("loop")
        .connect(step.out.value, step.in.value)
        .convergeWhen(step.out.value, (value) => value > 1)
        .maxIterations(9)
        .build();
      assert.throws(() => flow.toJSON(), { code: "not_serializable", message: /loop/ });
      assert.deepEqual((await subject.completed(flow)).results, { step: { value: 2 } });
    },
  }),
  ...casesOf("G9", {
    "a workflow with declared ports is a node of another": async (subject) => {
      const flow = new Workflow("outer");
      const inner = flow.addNode("inner", adder("adder"), { value: 4 });
      flow.addNode("after", increment, { value: inner.out.value });
      const { results } = await subject.completed(flow);
      assert.deepEqual([results["inner"], results["after"]], [{ value: 5 }, { value: 6 }]);
    },
    "one workflow may stand in another several times, and at any depth": async (subject) => {
      const twice = new Workflow("twice", {
        input: z.object({ value: z.number() }),
        output: z.object({ value: z.number() }),
      });
      const first = twice.addNode("first", adder("adder"), { value: twice.input.value });
      const second = twice.addNode("second", adder("adder"), { value: first.out.value });
      twice.setOutput({ value: second.out.value });
      const flow = new Workflow("outer");
      flow.addNode("inner", twice, { value: 0 });
      const { events, result } = await subject.observed(flow);
      assert.deepEqual(result?.results["inner"], { value: 2 });
      assert.deepEqual(starts(events), ["inner/first/step", "inner/second/step"]);
    },
    "a cycle's name is prefixed with the path": async (subject) => {
      const loop = new Workflow("loop", { output: z.object({ value: z.number() }) });
      const step = loop.addNode("step", increment, { value: 0 });
      loop.createCycle("again").connect(step.out.value, step.in.value).maxIterations(3).build();
      loop.setOutput({ value: step.out.value });
      const flow = new Workflow("outer");
      flow.addNode("inner", loop, {});
      const result = await subject.completed(flow);
      assert.deepEqual([Object.keys(result.cycles), result.results["inner"]], [["inner/again"], { value: 3 }]);
    },
    "a parameter reaches a node inside by its path": async (subject) => {
      const flow = new Workflow("outer");
      flow.addNode("inner", adder("adder"), { value: 4 });
      const { results } = await subject.completed(flow, { parameters: { "inner/step": { value: 10 } } });
      assert.deepEqual(results["inner"], { value: 11 });
    },
    "scheduling looks through it: a node inside does not wait for an input it does not read": async (subject) => {
      const input = z.object({ quick: z.number(), slow: z.number() });
      const inner = new Workflow("inner", { input, output: z.object({ sum: z.number() }) });
      const ahead = inner.addNode("ahead", number, { value: inner.input.quick });
      inner.setOutput({ sum: inner.addNode("sum", add, { a: ahead.out.value, b: inner.input.slow }).out.sum });
      const flow = new Workflow("outer");
      const quick = flow.addNode("quick", number, { value: 1 });
      const inside = flow.addNode("inside", inner);
      const slow = flow.addNode("slow", hold, { ms: subject.patienceMs });
      flow.connect(quick.out.value, inside.in.quick).connect(slow.out.value, inside.in.slow);
      const { until } = await subject.interrupted(flow, (events) => hasStarted(events, "inside/ahead"));
      assert.ok(hasStarted(until, "inside/ahead"));
      assert.deepEqual(eventsOf(until, "node.completed", "slow"), []);
    },
    "for the body of a cycle it is one node": async (subject) => {
      const flow = new Workflow("outer");
      const inside = flow.addNode("inside", adder("adder"), { value: 0 });
      flow.createCycle("loop").connect(inside.out.value, inside.in.value).maxIterations(3).build();
      assert.deepEqual((await subject.completed(flow)).results["inside"], { value: 3 });
    },
    "a map over a workflow is refused": async (subject) => {
      const flow = new Workflow("outer");
      flow.addMap("map", adder("adder"), { each: { value: [1, 2] } });
      const codes = (await subject.create()).check(flow).map(({ code }) => code);
      assert.deepEqual(codes, ["unsupported"]);
    },
    "a problem inside is told with its path": async (subject) => {
      const inner = new Workflow("inner", { output: z.object({ value: z.number() }) });
      inner.setOutput({ value: inner.addNode("poor", number).out.value });
      const flow = new Workflow("outer");
      flow.addNode("inside", inner as WorkflowLike as never, {} as never);
      assert.match((await subject.rejected(flow)).message, /inside\/poor\.value/);
    },
  }),
];
