import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { greet, hostile, inspectRecord, looked, type Person, talkative, tidy, tidyOut } from "../fixtures/checks.ts";
import { fail } from "../fixtures/failures.ts";
import { increment, number, orSeven } from "../fixtures/numbers.ts";
import { eventsOf, spans } from "../timeline.ts";

const MODES = ["off", "warn", "strict"] as const;
const PERSON = { name: "a", address: { city: "b" } };

/** A workflow that does a little of everything. */
function variety(): Workflow {
  const flow = new Workflow("variety");
  const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
  const step = flow.addNode("step", increment, { value: branch.out.left });
  flow.addNode("skipped", number, { value: branch.out.right });
  flow.addNode("default", orSeven, { value: branch.out.right });
  flow.addMap("map", increment, { each: { value: [3, 2, 1] } });
  flow
    .createCycle("loop")
    .connect(step.out.value, step.in.value)
    .convergeWhen("step.value > 3")
    .maxIterations(9)
    .build();
  return flow;
}

export const validationKeys: readonly Case[] = [
  ...casesOf("V4", {
    "warn: a key that is not declared is dropped and counted, at any depth": async (subject) => {
      const runtime = await subject.create({ connectionValidation: "warn" });
      const flow = new Workflow("keys");
      const person = { ...PERSON, extra: 1, address: { city: "b", hidden: 2 } } as Person;
      flow.addNode("greet", greet, { person });
      const { results } = await subject.execute(runtime, flow);
      assert.deepEqual(results["greet"], { keys: ["name", "address", "city"], city: "b" });
      assert.equal(runtime.getValidationMetrics().securityReport.totalViolations, 2);
    },
    "strict: a key that is not declared is refused": async (subject) => {
      const flow = new Workflow("keys");
      flow.addNode("greet", greet, { person: { ...PERSON, extra: 1 } as Person });
      const { code, message } = await subject.rejected(flow, {}, { connectionValidation: "strict" });
      assert.equal(code, "connection_invalid");
      assert.match(message, /extra/);
    },
    "an output that is no port is dropped in warn and refused in strict": async (subject) => {
      const flow = new Workflow("talkative");
      flow.addNode("node", talkative, {});
      const { results } = await subject.completed(flow, {}, { connectionValidation: "warn" });
      assert.deepEqual(results["node"], { value: 1 });
      assert.equal((await subject.rejected(flow, {}, { connectionValidation: "strict" })).code, "connection_invalid");
    },
    "__proto__ reaches no prototype, and constructor and prototype are data, in every mode": async (subject) => {
      for (const connectionValidation of MODES) {
        const flow = new Workflow("hostile");
        const source = flow.addNode("source", hostile, {});
        flow.addNode("record", inspectRecord, { record: source.out.record });
        const { result } = await subject.observed(flow, { onFailure: "continue" }, { connectionValidation });
        assert.equal((Object.prototype as { polluted?: unknown }).polluted, undefined);
        const found = result?.results["record"] as { keys: string[]; plain: boolean; polluted: boolean } | undefined;
        if (found === undefined) assert.equal(connectionValidation, "strict");
        else assert.deepEqual(found, { keys: ["constructor", "prototype"], plain: true, polluted: false });
      }
    },
    "__proto__ below a port, in a literal with references, stays data": async (subject) => {
      for (const connectionValidation of MODES) {
        const flow = new Workflow("literal");
        const source = flow.addNode("source", number, { value: 1 });
        const record = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
        record["wired"] = source.out.value;
        flow.addNode("record", inspectRecord, { record });
        const { result } = await subject.observed(flow, { onFailure: "continue" }, { connectionValidation });
        assert.equal((Object.prototype as { polluted?: unknown }).polluted, undefined);
        const found = result?.results["record"] as { plain: boolean; polluted: boolean } | undefined;
        assert.ok(found === undefined || (found.plain && !found.polluted));
      }
    },
  }),
  ...casesOf("V5", {
    "a run without issues has the same results in every mode": async (subject) => {
      const [off, warn, strict] = await Promise.all(
        MODES.map((connectionValidation) => subject.completed(variety(), {}, { connectionValidation })),
      );
      assert.deepEqual(warn?.results, off?.results);
      assert.deepEqual(strict?.results, off?.results);
      assert.equal(Object.keys(off?.results ?? {}).length, 4);
    },
    "a run without issues takes the same way in every mode": async (subject) => {
      const ways: string[][] = [];
      for (const connectionValidation of MODES) {
        const { events, result } = await subject.observed(variety(), {}, { connectionValidation });
        ways.push([...spans(events).toSorted(), result?.nodes["skipped"]?.status ?? ""]);
        assert.deepEqual(eventsOf(events, "validation.issue"), []);
      }
      assert.deepEqual(ways[1], ways[0]);
      assert.deepEqual(ways[2], ways[0]);
    },
    "a failure is the same in every mode": async (subject) => {
      for (const connectionValidation of MODES) {
        const flow = new Workflow("failing");
        flow.addNode("broken", fail, { message: "broken" });
        const { error } = await subject.observed(flow, {}, { connectionValidation });
        assert.match(String(error), /broken/);
      }
    },
  }),
  ...casesOf("V7", {
    "defaults, coercions, transforms, catches and overwrites apply in every mode": async (subject) => {
      const expected = { text: "trimmed", amount: 5, kind: "plain", loud: "LOUD", safe: 0 };
      for (const connectionValidation of MODES) {
        const flow = new Workflow("tidy");
        flow.addNode("tidy", tidy, { text: "  trimmed ", amount: "5", loud: "loud", safe: "no number" as never });
        const { results } = await subject.completed(flow, {}, { connectionValidation });
        assert.deepEqual(results["tidy"], expected, connectionValidation);
      }
    },
    "an overwrite applies on the way out in every mode": async (subject) => {
      for (const connectionValidation of MODES) {
        const flow = new Workflow("tidy");
        flow.addNode("tidy", tidyOut, { text: " trimmed " });
        const { results } = await subject.completed(flow, {}, { connectionValidation });
        assert.deepEqual(results["tidy"], { text: "trimmed" }, connectionValidation);
      }
    },
    "an asynchronous schema is parsed in every mode": async (subject) => {
      for (const connectionValidation of MODES) {
        const flow = new Workflow("looked");
        flow.addNode("looked", looked, { value: 8 });
        const { results } = await subject.completed(flow, {}, { connectionValidation });
        assert.deepEqual(results["looked"], { value: 4 }, connectionValidation);
      }
    },
    "an asynchronous schema refuses in strict": async (subject) => {
      const flow = new Workflow("looked");
      flow.addNode("looked", looked, { value: 7 });
      assert.equal((await subject.rejected(flow, {}, { connectionValidation: "strict" })).code, "connection_invalid");
    },
  }),
];
