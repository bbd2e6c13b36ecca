import assert from "node:assert/strict";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { anything, count, greet, kinds, lying, lyingFirst, type Person, throwing } from "../fixtures/checks.ts";
import { number } from "../fixtures/numbers.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { eventsOf } from "../timeline.ts";

const WARN = { connectionValidation: "warn" } as const;
const STRICT = { connectionValidation: "strict" } as const;
const OFF = { connectionValidation: "off" } as const;

/** A wire that carries any value into a number. */
function wired(value: unknown): Workflow {
  const flow = new Workflow("wired");
  const source = flow.addNode("source", anything, { value });
  flow.addNode("target", number, { value: source.out.value as never });
  return flow;
}

export const validation: readonly Case[] = [
  ...casesOf("V1", {
    "the mode is warn unless it is set": async (subject) => {
      const runtime = await subject.create();
      const { results } = await subject.execute(runtime, wired("text"));
      assert.deepEqual(results["target"], { value: "text" });
      assert.ok(runtime.getValidationMetrics().performanceSummary.failures > 0);
    },
    "off, warn and strict are taken": async (subject) => {
      for (const options of [OFF, WARN, STRICT]) {
        const result = await subject.completed(wired(1), {}, options);
        assert.deepEqual(result.results["target"], { value: 1 });
      }
    },
    "any other mode is refused at construction": async (subject) => {
      for (const connectionValidation of ["loud", "", "WARN", null, 1, true] as never[])
        await assert.rejects(async () => subject.create({ connectionValidation }), { code: "invalid_option" });
    },
  }),
  ...casesOf("V2", {
    "strict: the first invalid value on its way in fails that node": async (subject) => {
      const error = await subject.rejected(wired("text"), {}, STRICT);
      assert.deepEqual([error.code, error.nodeId], ["connection_invalid", "target"]);
    },
    "strict: the first invalid value on its way out fails that node, a leaf as well": async (subject) => {
      const flow = new Workflow("out");
      flow.addNode("lying", lying, {});
      const error = await subject.rejected(flow, {}, STRICT);
      assert.deepEqual([error.code, error.nodeId], ["connection_invalid", "lying"]);
    },
    "strict: an invalid value is not retried": async (subject) => {
      const flow = new Workflow("out");
      flow.addNode("lying", lyingFirst, {});
      const { code, attempt } = await subject.rejected(flow, {}, STRICT);
      assert.deepEqual([code, attempt], ["connection_invalid", 1]);
    },
    "strict: an invalid literal fails as well": async (subject) => {
      const flow = new Workflow("given");
      flow.addNode("target", number, { value: "text" as never });
      assert.equal((await subject.rejected(flow, {}, STRICT)).code, "connection_invalid");
    },
    "a schema that throws fails its node, in every mode that checks": async (subject) => {
      for (const options of [WARN, STRICT]) {
        const flow = new Workflow("throwing");
        flow.addNode("node", throwing, { value: 1 });
        const error = await subject.rejected(flow, {}, options);
        assert.deepEqual([error.code, error.nodeId], ["connection_invalid", "node"]);
      }
    },
    "strict: valid values go through": async (subject) => {
      assert.deepEqual((await subject.completed(wired(3), {}, STRICT)).results["target"], { value: 3 });
    },
    "warn: the value goes on as it came, and is counted": async (subject) => {
      const runtime = await subject.create(WARN);
      const { results } = await subject.execute(runtime, wired("text"));
      assert.deepEqual(results["target"], { value: "text" });
      assert.equal(runtime.getValidationMetrics().performanceSummary.failures, 2);
    },
    "warn: valid ports are transformed beside an invalid one": async (subject) => {
      const flow = new Workflow("beside");
      const source = flow.addNode("source", anything, { value: "text" });
      flow.addNode("target", kinds, { first: "  trimmed ", second: source.out.value as never });
      const { results } = await subject.completed(flow, {}, WARN);
      assert.deepEqual(results["target"], { first: "trimmed", second: "string text" });
    },
    "warn: at most ten lines a port and run are logged": async (subject) => {
      const flow = new Workflow("loud");
      const step = flow.addNode("step", anything, { value: "text" });
      const target = flow.addNode("target", kinds, { first: "", second: step.out.value as never });
      flow.createCycle("loop").connect(target.out.first, step.in.value).include(step).maxIterations(30).build();
      const recording = new RecordingLogger();
      await subject.completed(flow, {}, { ...WARN, logger: recording.logger });
      const lines = recording.lines.filter(
        ({ fields }) => fields["nodeId"] === "target" && fields["port"] === "second",
      );
      assert.ok(lines.length > 0 && lines.length <= 10, `${lines.length} lines`);
    },
    "off: nothing is checked, and the bypass is counted": async (subject) => {
      const runtime = await subject.create(OFF);
      const { results } = await subject.execute(runtime, wired("text"));
      assert.deepEqual(results["target"], { value: "text" });
      const { failures, bypasses } = runtime.getValidationMetrics().performanceSummary;
      assert.deepEqual([failures, bypasses > 0], [0, true]);
    },
  }),
  ...casesOf("V3", {
    "a message names both ends of the wire, what was expected and what was found": async (subject) => {
      const { message } = await subject.rejected(wired("text"), {}, STRICT);
      assert.match(message, /source\.value → target\.value/);
      assert.match(message, /number.*string/);
    },
    "a message names the path inside the value": async (subject) => {
      const flow = new Workflow("path");
      const people = [
        { name: "a", address: { city: "b" } },
        { name: "c", address: { city: 4 } },
      ];
      const source = flow.addNode("source", anything, { value: people });
      flow.addNode("target", count, { people: source.out.value as never });
      const { message } = await subject.rejected(flow, {}, STRICT);
      assert.match(message, /people\[1\]\.address\.city/);
    },
    "a value is never told: in no message, log, event or metric": async (subject) => {
      const flow = (): Workflow => wired("hunter2-secret");
      const recording = new RecordingLogger();
      const error = await subject.rejected(flow(), {}, { ...STRICT, logger: recording.logger });
      const { runtime, events } = await subject.observed(flow(), {}, { ...WARN, logger: recording.logger });
      const told = [error.message, error.details, recording.lines, events, runtime.getValidationMetrics()];
      assert.doesNotMatch(JSON.stringify(told), /hunter2/);
      assert.ok(recording.lines.length > 0);
    },
  }),
  ...casesOf("V6", {
    "counts belong to one runtime": async (subject) => {
      const [one, two] = [await subject.create(WARN), await subject.create(WARN)];
      await subject.execute(one, wired("text"));
      assert.equal(one.getValidationMetrics().performanceSummary.failures, 2);
      assert.equal(two.getValidationMetrics().performanceSummary.failures, 0);
    },
    "counts add up over runs, and start afresh when reset": async (subject) => {
      const runtime = await subject.create(WARN);
      await subject.execute(runtime, wired("text"));
      await subject.execute(runtime, wired("text"));
      const { count: checks, failures } = runtime.getValidationMetrics().performanceSummary;
      assert.deepEqual([failures, checks > 0], [4, true]);
      runtime.resetValidationMetrics();
      assert.equal(runtime.getValidationMetrics().performanceSummary.failures, 0);
    },
    "the security report counts violations by node and keeps the ten newest": async (subject) => {
      const runtime = await subject.create(WARN);
      const person = { name: "a", address: { city: "b" }, extra: 1 } as Person;
      const [early, late] = [new Workflow("early"), new Workflow("late")];
      early.addNode("first", greet, { person });
      late.addMap("second", greet, { each: { person: Array<Person>(12).fill(person) } });
      await subject.execute(runtime, early);
      await subject.execute(runtime, late);
      const { totalViolations, violationsByNode, mostRecent } = runtime.getValidationMetrics().securityReport;
      assert.deepEqual([totalViolations, violationsByNode], [13, { first: 1, second: 12 }]);
      assert.deepEqual(
        mostRecent.map(({ nodeId }) => nodeId),
        Array<string>(10).fill("second"),
      );
    },
    "times are there when metrics are collected, and only then": async (subject) => {
      for (const collectMetrics of [true, false]) {
        const runtime = await subject.create({ ...WARN, collectMetrics });
        await subject.execute(runtime, wired("text"));
        const { totalTimeMs } = runtime.getValidationMetrics().performanceSummary;
        assert.equal(typeof totalTimeMs, collectMetrics ? "number" : "undefined");
      }
    },
    "each issue is an event": async (subject) => {
      const { events } = await subject.observed(wired("text"), {}, WARN);
      const [first, ...others] = eventsOf(events, "validation.issue").filter(({ side }) => side === "input");
      assert.deepEqual(others, []);
      const { nodeId, port, kind, from } = first ?? {};
      assert.deepEqual([nodeId, port, kind, from], ["target", "value", "invalid", "source.value"]);
    },
  }),
];
