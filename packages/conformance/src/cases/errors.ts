import assert from "node:assert/strict";
import { type WorkflowError, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import {
  fail,
  failAfter,
  failOn,
  failRichly,
  type Odd,
  type OddOutput,
  returnOdd,
  throwOdd,
} from "../fixtures/failures.ts";
import { increment, number, orSeven } from "../fixtures/numbers.ts";
import { hold, holdOn, pause, stuck } from "../fixtures/waits.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { eventsOf, hasStarted } from "../timeline.ts";

/** Two nodes: `fine` completes, then `broken` fails. */
function failing(): Workflow {
  const flow = new Workflow("failing");
  const fine = flow.addNode("fine", number, { value: 1 });
  flow.addNode("broken", failAfter, { value: fine.out.value });
  return flow;
}

export const errors: readonly Case[] = [
  ...casesOf("E1", {
    "a failed leaf fails the run": async (subject) => {
      const error = await subject.rejected(failing());
      assert.equal(error.name, "WorkflowError");
      const { code, runId, workflow, nodeId, iteration, attempt } = error;
      assert.deepEqual([code, typeof runId, workflow, nodeId], ["node_failed", "string", "failing", "broken"]);
      assert.deepEqual([iteration, attempt], [undefined, 1]);
    },
    "a failed node in the middle fails the run": async (subject) => {
      const flow = new Workflow("middle");
      const broken = flow.addNode("broken", fail, { message: "broken" });
      flow.addNode("below", increment, { value: broken.out.value });
      assert.equal((await subject.rejected(flow)).nodeId, "broken");
    },
    "the cause is what the node threw: message, name, code, own properties and cause": async (subject) => {
      const flow = new Workflow("rich");
      flow.addNode("broken", failRichly, {});
      const cause = (await subject.rejected(flow)).cause as RangeError & { code: string; limit: number };
      assert.ok(cause instanceof Error);
      const { name, message, code, limit } = cause;
      assert.deepEqual([name, message, code, limit], ["RangeError", "out of range", "E_RANGE", 10]);
      assert.match(cause.stack ?? "", /failures/);
      assert.equal((cause.cause as Error).message, "the root");
    },
    "inside a cycle the iteration is told": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", failOn, { value: 0, bad: 2 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { iteration, nodeId } = await subject.rejected(flow);
      assert.deepEqual([nodeId, iteration], ["step", 3]);
    },
    "partial results hold completed nodes only": async (subject) => {
      assert.deepEqual((await subject.rejected(failing())).partialResults, { fine: { value: 1 } });
    },
    "partial results hold the last completed iteration of a cycle": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", failOn, { value: 0, bad: 2 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const error = await subject.rejected(flow);
      assert.deepEqual(error.partialResults, { step: { value: 2 } });
      assert.equal(error.cycles["loop"]?.iterations, 2);
    },
    "of a cancelled run the first error is the cancel": async (subject) => {
      const flow = new Workflow("cancelled");
      flow.addNode("node", hold, { ms: subject.patienceMs });
      const { error } = await subject.interrupted(flow, (events) => hasStarted(events, "node"));
      assert.deepEqual(
        error?.errors.map(({ code }) => code),
        ["cancelled"],
      );
    },
    "all errors are told, the first observed first": async (subject) => {
      const { errors: all, cause } = await subject.rejected(failing());
      assert.deepEqual(
        all.map(({ code, nodeId }) => [code, nodeId]),
        [["node_failed", "broken"]],
      );
      assert.equal((all[0]!.cause as Error).message, (cause as Error).message);
    },
  }),
  ...casesOf("E2", {
    "continue: the rest finishes, and the run resolves with status failed and all errors": async (subject) => {
      const flow = new Workflow("continue");
      flow.addNode("one", fail, { message: "one" });
      flow.addNode("fine", number, { value: 1 });
      flow.addNode("two", fail, { message: "two" });
      const { result } = await subject.observed(flow, { onFailure: "continue" });
      assert.equal(result?.status, "failed");
      assert.deepEqual(result.results, { fine: { value: 1 } });
      assert.deepEqual(
        result.errors.map(({ nodeId }) => String(nodeId)).toSorted((a, b) => (a < b ? -1 : 1)),
        ["one", "two"],
      );
      assert.equal(result.nodes["one"]?.status, "failed");
    },
    "continue may be the runtime's default": async (subject) => {
      const flow = new Workflow("continue");
      flow.addNode("one", fail, { message: "one" });
      flow.addNode("fine", number, { value: 1 });
      const { result } = await subject.observed(flow, {}, { onFailure: "continue" });
      assert.deepEqual(result?.results, { fine: { value: 1 } });
    },
    "continue: a failed node's outputs are dead": async (subject) => {
      const flow = new Workflow("dead");
      const broken = flow.addNode("broken", fail, { message: "broken" });
      flow.addNode("needs", increment, { value: broken.out.value });
      flow.addNode("can", orSeven, { value: broken.out.value });
      const { result } = await subject.observed(flow, { onFailure: "continue" });
      assert.deepEqual(result?.results, { can: { value: 7 } });
    },
    "continue: a failing body ends its cycle, with its last completed iteration": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", failOn, { value: 0, bad: 2 });
      flow.addNode("aside", number, { value: 1 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { result } = await subject.observed(flow, { onFailure: "continue" });
      assert.deepEqual([result?.cycles["loop"]?.iterations, result?.cycles["loop"]?.reason], [2, "failed"]);
      assert.deepEqual(result?.results["aside"], { value: 1 });
    },
    "continue without a failure completes": async (subject) => {
      const flow = new Workflow("fine");
      flow.addNode("fine", number, { value: 1 });
      assert.deepEqual((await subject.completed(flow, { onFailure: "continue" })).errors, []);
    },
  }),
  ...casesOf("E3", {
    "stop: no node starts after a failure": async (subject) => {
      const flow = new Workflow("stop");
      const first = flow.addNode("first", number, { value: 1 });
      flow.addNode("broken", failAfter, { value: first.out.value });
      let last = first;
      for (let i = 0; i < 4; i++) last = flow.addNode(`later${i}`, pause, { ms: 1, value: last.out.value }) as never;
      const { events, error } = await subject.observed(flow);
      assert.equal(error?.nodeId, "broken");
      const failedAt = events.findIndex(({ type }) => type === "node.failed");
      assert.deepEqual(eventsOf(events.slice(failedAt), "node.started"), []);
    },
    "stop: a running sibling is aborted and ends as cancelled": async (subject) => {
      const { maxConcurrency } = (await subject.create()).capabilities;
      const flow = new Workflow("siblings");
      if (maxConcurrency > 1) flow.addNode("sibling", hold, { ms: 3_600_000 });
      const gate = flow.addNode("gate", pause, { ms: 1, value: 1 });
      flow.addNode("broken", failAfter, { value: gate.out.value });
      const { events, error } = await subject.observed(flow);
      assert.equal(error?.nodeId, "broken");
      assert.deepEqual(eventsOf(events, "node.completed", "sibling"), []);
      assert.equal(eventsOf(events, "node.cancelled", "sibling").length, maxConcurrency > 1 ? 1 : 0);
    },
    "stop: a sibling that gives a value after its abort is cancelled all the same": async (subject) => {
      const { maxConcurrency } = (await subject.create()).capabilities;
      const flow = new Workflow("siblings");
      if (maxConcurrency > 1) flow.addNode("sibling", holdOn, { ms: 3_600_000 });
      flow.addNode("broken", fail, { message: "broken" });
      const { events, error } = await subject.observed(flow);
      assert.equal(error?.nodeId, "broken");
      assert.deepEqual(eventsOf(events, "node.completed"), []);
    },
    "stop: a sibling that ignores its abort is given up after the grace period": async (subject) => {
      const { maxConcurrency } = (await subject.create()).capabilities;
      const flow = new Workflow("siblings");
      if (maxConcurrency > 1) flow.addNode("sibling", stuck, {});
      flow.addNode("broken", fail, { message: "broken" });
      const { error, events } = await subject.observed(flow, {}, { graceMs: 5 });
      assert.equal(error?.nodeId, "broken");
      assert.equal(hasStarted(events, "broken"), true);
    },
  }),
  ...casesOf("E5", {
    "a node that throws what is no Error fails with a clear code": async (subject) => {
      for (const odd of ["undefined", "null", "text", "object", "number"] satisfies Odd[]) {
        const flow = new Workflow("odd");
        flow.addNode("odd", throwOdd, { odd });
        const error = await subject.rejected(flow);
        assert.deepEqual([error.name, error.code, error.nodeId], ["WorkflowError", "node_failed", "odd"], odd);
      }
    },
    "what was thrown is the cause, as it was": async (subject) => {
      const causes: [Odd, unknown][] = [
        ["undefined", undefined],
        ["null", null],
        ["text", "a text"],
        ["object", { reason: "an object" }],
      ];
      for (const [odd, thrown] of causes) {
        const flow = new Workflow("odd");
        flow.addNode("odd", throwOdd, { odd });
        assert.deepEqual((await subject.rejected(flow)).cause, thrown);
      }
    },
    "a node that returns no object fails with a clear code, at once or later": async (subject) => {
      for (const later of [false, true])
        for (const odd of ["undefined", "null", "text", "list", "number"] satisfies OddOutput[]) {
          const flow = new Workflow("odd");
          flow.addNode("odd", returnOdd, { odd, later });
          const { code, nodeId } = await subject.rejected(flow);
          assert.deepEqual([code, nodeId], ["invalid_output", "odd"], odd);
        }
    },
  }),
  ...casesOf("E6", {
    "one failure gives the same code, node, iteration and message everywhere": async (subject) => {
      const { code, nodeId, iteration, cause, message } = await subject.rejected(failing());
      assert.deepEqual(
        [code, nodeId, iteration, (cause as Error).message],
        ["node_failed", "broken", undefined, "failed after 1"],
      );
      assert.match(message, /broken.*failed after 1/);
    },
    "the same inside a cycle": async (subject) => {
      const flow = new Workflow("loop");
      const step = flow.addNode("step", failOn, { value: 0, bad: 1 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { code, nodeId, iteration, cause } = await subject.rejected(flow);
      assert.deepEqual([code, nodeId, iteration, (cause as Error).message], ["node_failed", "step", 2, "1 is bad"]);
    },
    "the same whether the run stops or goes on": async (subject) => {
      const { result } = await subject.observed(failing(), { onFailure: "continue" });
      const stopped: WorkflowError = await subject.rejected(failing());
      const { code, nodeId, cause } = result?.errors[0] ?? {};
      assert.deepEqual(
        [code, nodeId, (cause as Error).message],
        [stopped.code, stopped.nodeId, (stopped.cause as Error).message],
      );
    },
  }),
  ...casesOf("E7", {
    "an observer that throws or rejects fails no run": async (subject) => {
      const flow = new Workflow("fine");
      flow.addNode("fine", number, { value: 1 });
      const throws = (): never => {
        throw new Error("the observer broke");
      };
      const observers = [{ onEvent: throws }, { onEvent: async () => throws() }];
      const { results } = await subject.completed(flow, { observers }, { observers });
      assert.deepEqual(results, { fine: { value: 1 } });
    },
    "a failing observer does not keep events from the others": async (subject) => {
      const flow = new Workflow("fine");
      flow.addNode("fine", number, { value: 1 });
      const onEvent = (): never => {
        throw new Error("the observer broke");
      };
      const { events } = await subject.observed(flow, { observers: [{ onEvent }] });
      assert.equal(eventsOf(events, "run.ended").length, 1);
    },
    "what an observer throws is logged": async (subject) => {
      const flow = new Workflow("fine");
      flow.addNode("fine", number, { value: 1 });
      const onEvent = (): never => {
        throw new Error("the observer broke");
      };
      const recording = new RecordingLogger();
      await subject.completed(flow, { observers: [{ onEvent }] }, { logger: recording.logger });
      assert.ok(recording.lines.some(({ level }) => level === "error"));
    },
    "a logger that throws fails no run": async (subject) => {
      const flow = new Workflow("fine");
      flow.addNode("fine", number, { value: "text" as never });
      const { logger } = new RecordingLogger();
      const broken = (): never => {
        throw new Error("the logger broke");
      };
      const throwing = { ...logger, warn: broken, error: broken, info: broken, child: broken };
      const observers = [{ onEvent: broken }];
      const { results } = await subject.completed(
        flow,
        { observers },
        { connectionValidation: "warn", logger: throwing as typeof logger },
      );
      assert.deepEqual(results, { fine: { value: "text" } });
    },
  }),
];
