import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { below } from "../fixtures/branches.ts";
import { look } from "../fixtures/contexts.ts";
import { failOn } from "../fixtures/failures.ts";
import { add, increment, maybe, range, total } from "../fixtures/numbers.ts";
import { pause } from "../fixtures/waits.ts";

export const maps: readonly Case[] = casesOf("S9", {
  "a map runs its node once an item and gives lists in item order": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", increment, { each: { value: [1, 2, 3] } });
    assert.deepEqual((await subject.completed(flow)).results, { map: { value: [2, 3, 4] } });
  },
  "the list may come from another node, and go on to another": async (subject) => {
    const flow = new Workflow("map");
    const list = flow.addNode("list", range, { count: 4 });
    const map = flow.addMap("map", increment, { each: { value: list.out.values } });
    flow.addNode("total", total, { values: map.out.value });
    assert.deepEqual((await subject.completed(flow)).results["total"], { total: 14 });
  },
  "what is given with the items is shared by all": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", add, { each: { a: [1, 2] }, with: { b: 10 } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { sum: [11, 12] });
  },
  "several lists go side by side": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", add, { each: { a: [1, 2], b: [10, 20] } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { sum: [11, 22] });
  },
  "the order is that of the items, whichever ended first": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", pause, { each: { ms: [6, 3, 1], value: [1, 2, 3] } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { value: [1, 2, 3] });
  },
  "an output that an item leaves out is a hole": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", below, { each: { value: [1, 5, 2] }, with: { limit: 3 } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { value: [1, undefined, 2], seen: [1, 5, 2] });
  },
  "an item that is undefined is absent where the port is optional": async (subject) => {
    const flow = new Workflow("map");
    const holes = flow.addMap("holes", below, { each: { value: [1, 5] }, with: { limit: 3 } });
    flow.addMap("map", maybe, { each: { value: holes.out.value as never } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { keys: [["value"], []], value: [1, undefined] });
  },
  "an item without a value for a required port is not run: a hole in every output": async (subject) => {
    const flow = new Workflow("map");
    const holes = flow.addMap("holes", below, { each: { value: [1, 5, 2] }, with: { limit: 3 } });
    flow.addMap("map", increment, { each: { value: holes.out.value as never } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { value: [2, undefined, 3] });
  },
  "a typed array is a list": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", increment, { each: { value: new Float64Array([1, 2]) as never } });
    assert.deepEqual((await subject.completed(flow)).results["map"], { value: [2, 3] });
  },
  "an empty list gives empty lists": async (subject) => {
    const flow = new Workflow("map");
    const map = flow.addMap("map", below, { each: { value: [] }, with: { limit: 3 } });
    flow.addNode("total", total, { values: map.out.seen });
    assert.deepEqual((await subject.completed(flow)).results, { map: { value: [], seen: [] }, total: { total: 0 } });
  },
  "unequal lists are an error": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", add, { each: { a: [1, 2], b: [1] } });
    const { code, nodeId } = await subject.rejected(flow);
    assert.deepEqual([code, nodeId], ["map_lengths_differ", "map"]);
  },
  "what is no list is an error": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", increment, { each: { value: 5 as never } });
    const { code, nodeId } = await subject.rejected(flow);
    assert.deepEqual([code, nodeId], ["map_input_invalid", "map"]);
  },
  "an item's error carries its index": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", failOn, { each: { value: [1, 2, 3] }, with: { bad: 2 } });
    const { nodeId, details } = await subject.rejected(flow);
    assert.deepEqual([nodeId, details["index"]], ["map", 1]);
  },
  "an item is told its index": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", look, { each: { value: [5, 6, 7] } });
    const { seen } = (await subject.completed(flow)).results["map"] as { seen: { index: number }[] };
    assert.deepEqual(
      seen.map(({ index }) => index),
      [0, 1, 2],
    );
  },
  "chunks change no result": async (subject) => {
    const value = [1, 2, 3, 4, 5];
    for (const chunkSize of [1, 2, 5, 9]) {
      const flow = new Workflow("map");
      flow.addMap("map", increment, { each: { value }, chunkSize });
      assert.deepEqual(
        (await subject.completed(flow)).results["map"],
        { value: [2, 3, 4, 5, 6] },
        `chunks of ${chunkSize}`,
      );
    }
  },
  "chunks by a value change no result": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", add, { each: { a: [1, 2, 1, 2], b: [10, 20, 30, 40] }, chunkBy: "a", chunkSize: 2 });
    assert.deepEqual((await subject.completed(flow)).results["map"], { sum: [11, 22, 31, 42] });
  },
  "a map inside a cycle runs afresh in each iteration": async (subject) => {
    const flow = new Workflow("map");
    const map = flow.addMap("map", increment, { each: { value: [0, 10] } });
    flow
      .createCycle("loop")
      .connect(map.out.value, map.in.value as never)
      .maxIterations(3)
      .build();
    assert.deepEqual((await subject.completed(flow)).results["map"], { value: [3, 13] });
  },
});
