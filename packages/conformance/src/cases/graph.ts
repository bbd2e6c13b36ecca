import assert from "node:assert/strict";
import { firstOf, type Issue, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork, readPage, text } from "../fixtures/branches.ts";
import { add, increment, number, pair } from "../fixtures/numbers.ts";
import { hold } from "../fixtures/waits.ts";
import type { Subject } from "../subject.ts";

const MODES = ["off", "warn", "strict"] as const;

/** Each mode: a problem of the graph is an error in all of them. */
async function refusedInEveryMode(subject: Subject, build: () => Workflow, code: string): Promise<readonly Issue[]> {
  let issues: readonly Issue[] = [];
  for (const connectionValidation of MODES) {
    const runtime = await subject.create({ connectionValidation });
    const flow = build();
    issues = runtime.check(flow).filter(({ severity }) => severity === "error");
    assert.ok(
      issues.some((issue) => issue.code === code),
      `${connectionValidation}: check() gave ${issues.map((issue) => issue.code).join(", ") || "no error"}, not ${code}`,
    );
    const error = await subject.rejects(runtime, flow);
    assert.ok(error.issues.some((issue) => issue.code === code));
  }
  return issues;
}

function twoNumbers(): Workflow {
  const flow = new Workflow("two");
  flow.addNode("source", number, { value: 1 });
  flow.addNode("sink", number);
  return flow;
}

export const graph: readonly Case[] = [
  ...casesOf("G1", {
    "the keys of its schemas are a node's ports": async (subject) => {
      const flow = new Workflow("ports");
      const both = flow.addNode("both", pair, { a: 1, b: 2 });
      flow.addNode("sum", add, { a: both.out.b, b: both.out.a });
      const { results } = await subject.completed(flow);
      assert.deepEqual(results, { both: { a: 1, b: 2 }, sum: { sum: 3 } });
    },
    "an id is taken once, and holds none of . / [ ]": async (subject) => {
      const flow = new Workflow("ids");
      flow.addNode("kept", number, { value: 1 });
      for (const id of ["kept", "a.b", "a/b", "a[b", "a]b", ""])
        assert.throws(() => flow.addNode(id, number, { value: 2 }), { name: "PolyloomError" }, `id "${id}"`);
      assert.deepEqual((await subject.completed(flow)).results, { kept: { value: 1 } });
    },
  }),
  ...casesOf("G2", {
    "a connection carries the value at a path inside a port, by reference": async (subject) => {
      const flow = new Workflow("path");
      const source = flow.addNode("source", readPage, {});
      flow.addNode("size", number, { value: source.out.page.meta.size });
      flow.addNode("second", text, { text: source.out.page.links.at(1) });
      flow.addNode("last", text, { text: source.out.page.links.at(-1) });
      const { results } = await subject.completed(flow);
      assert.deepEqual(
        [results["size"], results["second"], results["last"]],
        [{ value: 3 }, { text: "b" }, { text: "c" }],
      );
    },
    "a connection by name carries the value at a path inside a port": async (subject) => {
      const flow = new Workflow("names");
      flow.addNode("source", readPage, {});
      flow.addNode("size", number);
      flow.addNode("third", text);
      flow.connect("source.page.meta.size", "size.value").connect("source.page.links[2]", "third.text");
      const { results } = await subject.completed(flow);
      assert.deepEqual([results["size"], results["third"]], [{ value: 3 }, { text: "c" }]);
    },
    "two nodes joined as such share their equally named ports": async (subject) => {
      const flow = new Workflow("joined");
      const source = flow.addNode("source", pair, { a: 1, b: 2 });
      const sink = flow.addNode("sink", add);
      flow.connect(source, sink);
      assert.deepEqual((await subject.completed(flow)).results["sink"], { sum: 3 });
    },
    "an exact duplicate is an error in every mode": async (subject) => {
      const build = (): Workflow =>
        twoNumbers().connect("source.value", "sink.value").connect("source.value", "sink.value");
      await refusedInEveryMode(subject, build, "duplicate_connection");
    },
    "a second source for an input is an error in every mode": async (subject) => {
      const build = (): Workflow => {
        const flow = twoNumbers();
        const other = flow.addNode("other", number, { value: 2 });
        flow.connect("source.value", "sink.value");
        return flow
          .connect(other.out.value, flow.addNode("unused", number, { value: 0 }).in.value)
          .connect("other.value", "sink.value");
      };
      await refusedInEveryMode(subject, build, "conflicting_source");
    },
    "an unknown node is an error in every mode, and the nearest name is told": async (subject) => {
      const issues = await refusedInEveryMode(
        subject,
        () => twoNumbers().connect("sourse.value", "sink.value"),
        "unknown_node",
      );
      assert.match(JSON.stringify(issues), /source/);
    },
    "an unknown output port is an error in every mode, and the nearest name is told": async (subject) => {
      const issues = await refusedInEveryMode(
        subject,
        () => twoNumbers().connect("source.valeu", "sink.value"),
        "unknown_port",
      );
      assert.match(JSON.stringify(issues), /did you mean \\"value\\"/);
    },
    "an unknown input port is an error in every mode": async (subject) => {
      const build = (): Workflow =>
        twoNumbers().connect("source.value", "sink.value").connect("source.value", "sink.valeu");
      await refusedInEveryMode(subject, build, "unknown_port");
    },
    "a literal beside a connection is no second source": async (subject) => {
      const flow = new Workflow("literal");
      const source = flow.addNode("source", number, { value: 1 });
      const sink = flow.addNode("sink", number, { value: 5 });
      flow.connect(source.out.value, sink.in.value);
      assert.deepEqual((await subject.completed(flow)).results["sink"], { value: 1 });
    },
    "a feedback beside a connection is no second source": async (subject) => {
      const flow = new Workflow("feedback");
      const source = flow.addNode("source", number, { value: 10 });
      const step = flow.addNode("step", increment, { value: source.out.value });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 12 });
    },
  }),
  ...casesOf("G3", {
    "one output feeds several inputs, two of them on one node": async (subject) => {
      const flow = new Workflow("fan");
      const source = flow.addNode("source", number, { value: 3 });
      flow.addNode("twice", add, { a: source.out.value, b: source.out.value });
      flow.addNode("other", increment, { value: source.out.value });
      const { results } = await subject.completed(flow);
      assert.deepEqual([results["twice"], results["other"]], [{ sum: 6 }, { value: 4 }]);
    },
    "firstOf takes the branch that is alive": async (subject) => {
      for (const [way, expected] of [
        ["left", 1],
        ["right", 2],
      ] as const) {
        const flow = new Workflow("join");
        const branch = flow.addNode("branch", fork, { value: 1, way });
        const left = flow.addNode("left", number, { value: branch.out.left });
        const right = flow.addNode("right", increment, { value: branch.out.right });
        flow.addNode("join", number, { value: firstOf(left.out.value, right.out.value) });
        assert.deepEqual((await subject.completed(flow)).results["join"], { value: expected });
      }
    },
    "firstOf takes the first in the order of its arguments, whichever ended first": async (subject) => {
      const flow = new Workflow("order");
      const slow = flow.addNode("slow", hold, { ms: 5 });
      const late = flow.addNode("late", number, { value: slow.out.value });
      const quick = flow.addNode("quick", number, { value: 1 });
      flow.addNode("first", number, { value: firstOf(late.out.value, quick.out.value) });
      assert.deepEqual((await subject.completed(flow)).results["first"], { value: 5 });
    },
    "a dead firstOf is dead like any connection": async (subject) => {
      const flow = new Workflow("none");
      const branch = flow.addNode("branch", fork, { value: 1, way: "none" });
      flow.addNode("join", number, { value: firstOf(branch.out.left, branch.out.right) });
      assert.deepEqual(Object.keys((await subject.completed(flow)).results), ["branch"]);
    },
    "a firstOf may be the source of a feedback": async (subject) => {
      const flow = new Workflow("back");
      const step = flow.addNode("step", increment, { value: 0 });
      const branch = flow.addNode("branch", fork, { value: step.out.value, way: "right" });
      flow
        .createCycle("loop")
        .connect(firstOf(branch.out.left, branch.out.right), step.in.value)
        .maxIterations(3)
        .build();
      assert.deepEqual((await subject.completed(flow)).results["step"], { value: 3 });
    },
  }),
];
