import assert from "node:assert/strict";
import { type NodeDefinition, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import {
  addTen,
  addTwenty,
  FORBIDDEN,
  give,
  giveBytes,
  giveForbidden,
  giveList,
  KINDS,
  looksLike,
  makeAdder,
  measure,
  mutate,
  readList,
  receive,
  valueOf,
} from "../fixtures/structured.ts";
import type { Subject } from "../subject.ts";
import { eventsOf } from "../timeline.ts";

/** A workflow in which one node changes what two others get. */
function mutating(): Workflow {
  const flow = new Workflow("mutating");
  const source = flow.addNode("source", giveList, {});
  const changed = flow.addNode("mutate", mutate, { held: source.out.held });
  flow.addNode("reader", readList, { held: source.out.held });
  flow.addNode("later", readList, { held: source.out.held, after: changed.out.value });
  return flow;
}

async function carries(subject: Subject, bytes: number): Promise<unknown> {
  const flow = new Workflow("bytes");
  const source = flow.addNode("source", giveBytes, { size: bytes });
  flow.addNode("sink", measure, { value: source.out.value });
  return (await subject.completed(flow)).results["sink"];
}

export const data: readonly Case[] = [
  ...casesOf("D1", {
    "what structured clone carries goes from node to node": async (subject) => {
      for (const kind of KINDS) {
        const flow = new Workflow("kinds");
        const source = flow.addNode("source", give, { kind });
        flow.addNode("sink", receive, { value: source.out.value });
        const { sink } = (await subject.completed(flow)).results;
        assert.deepEqual((sink as { looks: string }).looks, looksLike(valueOf(kind)), kind);
      }
    },
    "the same where values have to be fit for another place": async (subject) => {
      const runtime = await subject.createPortable();
      for (const kind of KINDS) {
        const flow = new Workflow("kinds");
        const source = flow.addNode("source", give, { kind });
        flow.addNode("sink", receive, { value: source.out.value });
        const { sink } = (await subject.execute(runtime, flow)).results;
        assert.deepEqual((sink as { looks: string }).looks, looksLike(valueOf(kind)), kind);
      }
    },
    "anything else is refused with the path inside the value": async (subject) => {
      const runtime = await subject.createPortable();
      for (const kind of FORBIDDEN) {
        const flow = new Workflow("forbidden");
        const source = flow.addNode("source", giveForbidden, { kind });
        flow.addNode("sink", receive, { value: source.out.value });
        const { code, message } = await subject.rejects(runtime, flow);
        assert.equal(code, "not_transferable", kind);
        assert.match(message, /rows\[3\]\.bad/, kind);
      }
    },
    "a literal that cannot cross is refused as well": async (subject) => {
      const flow = new Workflow("literal");
      flow.addNode("sink", receive, { value: { rows: [{ fn: () => 1 }] } });
      const { code, message } = await subject.rejects(await subject.createPortable(), flow);
      assert.equal(code, "not_transferable");
      assert.match(message, /rows\[0\]\.fn/);
    },
  }),
  ...casesOf("D2", {
    "a value arrives equal": async (subject) => {
      for (const kind of KINDS) {
        const flow = new Workflow("equal");
        const source = flow.addNode("source", give, { kind });
        flow.addNode("sink", receive, { value: source.out.value });
        const { sink } = (await subject.completed(flow)).results;
        assert.deepStrictEqual((sink as { value: unknown }).value, valueOf(kind), kind);
      }
    },
    "a literal and a parameter arrive equal": async (subject) => {
      for (const kind of KINDS) {
        const flow = new Workflow("equal");
        flow.addNode("literal", receive, { value: valueOf(kind) });
        flow.addNode("parameter", receive);
        const { results } = await subject.completed(flow, { parameters: { parameter: { value: valueOf(kind) } } });
        for (const id of ["literal", "parameter"])
          assert.deepStrictEqual((results[id] as { value: unknown }).value, valueOf(kind), `${kind} as ${id}`);
      }
    },
    "an instance of a class does not cross as such, and says so": async (subject) => {
      const flow = new Workflow("instance");
      const source = flow.addNode("source", giveForbidden, { kind: "instance" });
      flow.addNode("sink", receive, { value: source.out.value });
      assert.match((await subject.rejects(await subject.createPortable(), flow)).message, /Point/);
    },
  }),
  ...casesOf("D3", {
    "no node sees what another changed": async (subject) => {
      const runtime = await subject.createPortable();
      const { result } = await subject.observe(runtime, mutating(), { onFailure: "continue" });
      assert.deepEqual(result?.results["reader"], { list: [1, 2, 3] });
      assert.deepEqual(result.results["source"], { held: { list: [1, 2, 3] } });
    },
    "a change is an error where memory is shared, and stays at home where it is not": async (subject) => {
      const runtime = await subject.createPortable();
      const { result } = await subject.observe(runtime, mutating(), { onFailure: "continue" });
      if (runtime.capabilities.isolates) assert.deepEqual(result?.results["later"], { list: [1, 2, 3] });
      else
        assert.deepEqual(
          result?.errors.map(({ code, nodeId }) => [code, nodeId]),
          [["portable_mutation", "mutate"]],
        );
    },
    "a literal is the caller's: no node changes it": async (subject) => {
      const held = { list: [1, 2, 3] };
      const flow = new Workflow("literal");
      flow.addNode("mutate", mutate, { held });
      await subject.observe(await subject.createPortable(), flow, { onFailure: "continue" });
      assert.deepEqual(held, { list: [1, 2, 3] });
    },
  }),
  ...casesOf("D4", {
    "a value within the declared limit crosses; without a limit, one of a megabyte": async (subject) => {
      const { maxMessageBytes = 4_000_000 } = (await subject.create()).capabilities;
      const bytes = Math.min(Math.floor(maxMessageBytes / 4), 2_000_000);
      assert.deepEqual(await carries(subject, bytes), { size: bytes });
    },
    "a value above the declared limit fails with its size and the limit": async (subject) => {
      const { maxMessageBytes } = (await subject.create()).capabilities;
      if (maxMessageBytes === undefined) return void assert.deepEqual(await carries(subject, 2000), { size: 2000 });
      const flow = new Workflow("bytes");
      const source = flow.addNode("source", giveBytes, { size: maxMessageBytes + 1 });
      flow.addNode("sink", measure, { value: source.out.value });
      const { code, details } = await subject.rejected(flow);
      assert.deepEqual([code, details["limit"]], ["size_limit_exceeded", maxMessageBytes]);
      assert.ok(Number(details["size"]) > maxMessageBytes);
    },
  }),
  ...casesOf("D5", {
    "a node made by a factory at the top level of a module runs, each as its own": async (subject) => {
      const flow = new Workflow("factory");
      const ten = flow.addNode("ten", addTen, { value: 1 });
      flow.addNode("twenty", addTwenty, { value: ten.out.value });
      assert.deepEqual((await subject.completed(flow)).results["twenty"], { value: 31 });
    },
    "a node knows the module whose loading creates it": async (subject) => {
      const module = new URL(
        import.meta.url.endsWith(".ts") ? "../fixtures/structured.ts" : "../fixtures/structured.js",
        import.meta.url,
      );
      for (const node of [give, addTen] as NodeDefinition<never, unknown>[])
        assert.deepEqual([node.reference?.name, node.reference?.module], [node.name, module.href]);
      const flow = new Workflow("known");
      flow.addNode("ten", addTen, { value: 1 });
      assert.deepEqual((await subject.completed(flow)).results["ten"], { value: 11 });
    },
    "a node that another place cannot find is refused before any node starts": async (subject) => {
      const flow = new Workflow("hidden");
      const first = flow.addNode("first", addTen, { value: 1 });
      flow.addNode("hidden", makeAdder("hidden", 1), { value: first.out.value });
      const { error, events, result, runtime } = await subject.observed(flow);
      if (!runtime.capabilities.isolates) return void assert.deepEqual(result?.results["hidden"], { value: 12 });
      assert.equal(error?.code, "node_not_portable");
      assert.match(error.message, /hidden/);
      assert.deepEqual(eventsOf(events, "node.started"), []);
    },
  }),
];
