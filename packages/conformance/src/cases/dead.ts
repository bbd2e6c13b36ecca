import assert from "node:assert/strict";
import { type CovRef, type RunResult, Workflow } from "@polyloom/core";
import { z } from "zod";
import { type Case, casesOf } from "../case.ts";
import { fork, joined, readPage, text } from "../fixtures/branches.ts";
import { anything } from "../fixtures/checks.ts";
import { fail } from "../fixtures/failures.ts";
import { add, increment, maybe, number, orSeven, total } from "../fixtures/numbers.ts";

/** A workflow with a value that is alive and one that is dead. */
function branching(): { flow: Workflow; alive: CovRef<number>; dead: CovRef<number> } {
  const flow = new Workflow("branching");
  const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
  return { flow, alive: branch.out.left, dead: branch.out.right };
}

function statusOf({ nodes }: RunResult, id: string): string | undefined {
  return nodes[id]?.status;
}

export const dead: readonly Case[] = casesOf("S3", {
  "an undefined output port skips the node that needs it, and no other": async (subject) => {
    const { flow, alive, dead: right } = branching();
    flow.addNode("taken", number, { value: alive });
    flow.addNode("skipped", number, { value: right });
    const result = await subject.completed(flow);
    assert.deepEqual([statusOf(result, "taken"), statusOf(result, "skipped")], ["completed", "skipped"]);
  },
  "skipping goes on downward": async (subject) => {
    const { flow, dead: right } = branching();
    const skipped = flow.addNode("skipped", number, { value: right });
    flow.addNode("below", increment, { value: skipped.out.value });
    const result = await subject.completed(flow);
    assert.deepEqual([statusOf(result, "below"), result.results["below"]], ["skipped", undefined]);
  },
  "undefined anywhere along a path is dead": async (subject) => {
    const flow = new Workflow("paths");
    const page = flow.addNode("page", readPage, {});
    flow.addNode("title", text, { text: page.out.page.title });
    flow.addNode("link", text, { text: page.out.page.links.at(9) });
    flow.addNode("deep", number);
    flow.connect("page.page.title.deeper", "deep.value");
    const result = await subject.completed(flow);
    for (const id of ["title", "link", "deep"]) assert.equal(statusOf(result, id), "skipped", id);
  },
  "every output of a failed node is dead": async (subject) => {
    const flow = new Workflow("failed");
    const broken = flow.addNode("broken", fail, { message: "broken" });
    flow.addNode("below", number, { value: broken.out.value });
    flow.addNode("fallback", orSeven, { value: broken.out.value });
    const { result } = await subject.observed(flow, { onFailure: "continue" });
    assert.equal(result?.nodes["below"]?.status, "skipped");
    assert.deepEqual(result.results["fallback"], { value: 7 });
  },
  "one dead reference inside a literal makes that port dead": async (subject) => {
    const { flow, alive, dead: right } = branching();
    flow.addNode("list", total, { values: [alive, right, 3] });
    flow.addNode("whole", total, { values: [alive, 2] });
    const result = await subject.completed(flow);
    assert.deepEqual([statusOf(result, "list"), result.results["whole"]], ["skipped", { total: 3 }]);
  },
  "a dead reference deep inside a literal makes that port dead": async (subject) => {
    const flow = new Workflow("deep");
    const page = flow.addNode("page", readPage, {});
    flow.addNode("joined", joined, { parts: [{ text: "a" }, { text: page.out.page.title }] });
    assert.equal(statusOf(await subject.completed(flow), "joined"), "skipped");
  },
  "a dead connection falls back to the literal": async (subject) => {
    const { flow, dead: right } = branching();
    const sink = flow.addNode("sink", number, { value: 5 });
    flow.connect(right, sink.in.value);
    assert.deepEqual((await subject.completed(flow)).results["sink"], { value: 5 });
  },
  "a dead connection falls back to the default": async (subject) => {
    const { flow, dead: right } = branching();
    flow.addNode("sink", orSeven, { value: right });
    assert.deepEqual((await subject.completed(flow)).results["sink"], { value: 7 });
  },
  "an optional input with a dead connection is absent": async (subject) => {
    const { flow, dead: right } = branching();
    flow.addNode("sink", maybe, { value: right });
    assert.deepEqual((await subject.completed(flow)).results["sink"], { keys: [] });
  },
  "one dead input of two skips the node": async (subject) => {
    const { flow, alive, dead: right } = branching();
    flow.addNode("sum", add, { a: alive, b: right });
    assert.equal(statusOf(await subject.completed(flow), "sum"), "skipped");
  },
  "a skipped node has the status skipped in every mode": async (subject) => {
    for (const connectionValidation of ["off", "warn", "strict"] as const) {
      const { flow, dead: right } = branching();
      flow.addNode("skipped", number, { value: right });
      assert.equal(statusOf(await subject.completed(flow, {}, { connectionValidation }), "skipped"), "skipped");
    }
  },
  "null, 0, an empty text and false are values": async (subject) => {
    for (const value of [null, 0, "", false]) {
      const flow = new Workflow("values");
      const source = flow.addNode("source", anything, { value });
      flow.addNode("sink", anything, { value: source.out.value });
      assert.deepEqual((await subject.completed(flow)).results["sink"], { value });
    }
  },
  "a map over a dead list is skipped": async (subject) => {
    const flow = new Workflow("map");
    const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
    const list = flow.addNode("list", total, { values: [branch.out.right] });
    flow.addMap("map", add, { each: { a: [list.out.total] }, with: { b: 1 } });
    assert.equal(statusOf(await subject.completed(flow), "map"), "skipped");
  },
  "a workflow inside whose required input is dead is skipped as a whole": async (subject) => {
    const ports = z.object({ value: z.number() });
    const inner = new Workflow("inner", { input: ports, output: ports });
    inner.setOutput({ value: inner.addNode("step", increment, { value: inner.input.value }).out.value });
    inner.addNode("aside", number, { value: 1 });
    const { flow, dead: right } = branching();
    flow.addNode("inside", inner, { value: right });
    const result = await subject.completed(flow);
    for (const id of ["inside", "inside/step", "inside/aside"]) assert.equal(statusOf(result, id), "skipped", id);
  },
});
