import assert from "node:assert/strict";
import { type RunEvent, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { look } from "../fixtures/contexts.ts";
import { increment, number } from "../fixtures/numbers.ts";
import {
  busy,
  busyLimited,
  deaf,
  hold,
  holdOn,
  limited,
  patient,
  pause,
  stuck,
  stuckLimited,
} from "../fixtures/waits.ts";
import { eventsOf, hasStarted, starts } from "../timeline.ts";

/** One node that waits for its abort. */
function holding(ms: number): Workflow {
  const flow = new Workflow("holding");
  flow.addNode("node", hold, { ms });
  return flow;
}

/** A node, one after it that waits for its abort, and one after that. */
function chain(ms: number): Workflow {
  const flow = new Workflow("chain");
  const first = flow.addNode("first", number, { value: ms });
  const second = flow.addNode("second", hold, { ms: first.out.value });
  flow.addNode("third", increment, { value: second.out.value });
  return flow;
}

function nodeStarted(events: readonly RunEvent[]): boolean {
  return hasStarted(events, "node");
}

export const cancellation: readonly Case[] = [
  ...casesOf("K1", {
    "a signal cancels a run": async (subject) => {
      const { error, held } = await subject.interrupted(holding(subject.patienceMs), (events) =>
        hasStarted(events, "node"),
      );
      assert.deepEqual([held, error?.name, error?.code], [true, "WorkflowError", "cancelled"]);
    },
    "a signal that is aborted already lets nothing start": async (subject) => {
      const flow = new Workflow("never");
      flow.addNode("node", number, { value: 1 });
      const { error, events } = await subject.observed(flow, { signal: AbortSignal.abort() });
      assert.deepEqual([error?.code, starts(events)], ["cancelled", []]);
    },
    "a run's own timeout ends it": async (subject) => {
      assert.equal((await subject.rejected(holding(subject.patienceMs), { timeoutMs: 15 })).code, "run_timeout");
    },
    "the runtime's timeout is the default, and the run's comes first": async (subject) => {
      const ms = subject.patienceMs;
      assert.equal((await subject.rejected(holding(ms), {}, { timeoutMs: 15 })).code, "run_timeout");
      const { results } = await subject.completed(holding(2), { timeoutMs: 60_000 }, { timeoutMs: 1 });
      assert.deepEqual(results["node"], { value: 2 });
    },
    "a node's own timeout fails it": async (subject) => {
      const flow = new Workflow("limited");
      flow.addNode("node", limited, { ms: subject.patienceMs });
      const { code, nodeId, details } = await subject.rejected(flow);
      assert.deepEqual([code, nodeId, details["timeoutMs"]], ["node_timeout", "node", 20]);
    },
    "the runtime's nodeTimeoutMs is the default of nodes without one": async (subject) => {
      const ms = subject.patienceMs;
      assert.equal((await subject.rejected(holding(ms), {}, { nodeTimeoutMs: 15 })).code, "node_timeout");
      const flow = new Workflow("patient");
      flow.addNode("node", patient, { ms: 5 });
      assert.deepEqual((await subject.completed(flow, {}, { nodeTimeoutMs: 1 })).results["node"], { value: 5 });
    },
    "limits that are no limits are refused": async (subject) => {
      for (const limit of [0, -1, Number.NaN, Infinity]) {
        await assert.rejects(async () => subject.create({ timeoutMs: limit }), { code: "invalid_option" });
        await assert.rejects(async () => subject.create({ nodeTimeoutMs: limit }), { code: "invalid_option" });
        assert.equal((await subject.rejected(holding(1), { timeoutMs: limit })).code, "invalid_option");
      }
    },
    "every node receives an AbortSignal": async (subject) => {
      const flow = new Workflow("signal");
      flow.addNode("look", look, {});
      const { seen } = (await subject.completed(flow)).results["look"] as { seen: { hasSignal: boolean } };
      assert.equal(seen.hasSignal, true);
    },
  }),
  ...casesOf("K2", {
    "a node that heeds its signal ends the run without the grace period": async (subject) => {
      const never = 3_600_000;
      const { error } = await subject.interrupted(holding(never), nodeStarted, {}, { graceMs: never });
      assert.equal(error?.code, "cancelled");
    },
    "a node that ignores its signal is given up after the grace period: cancel": async (subject) => {
      const flow = new Workflow("stuck");
      flow.addNode("node", stuck, {});
      const { error } = await subject.interrupted(flow, nodeStarted, {}, { graceMs: 5 });
      assert.equal(error?.code, "cancelled");
    },
    "a node that ignores its signal is given up after the grace period: a run's timeout": async (subject) => {
      const flow = new Workflow("stuck");
      flow.addNode("node", stuck, {});
      assert.deepEqual((await subject.rejected(flow, { timeoutMs: 10 }, { graceMs: 5 })).partialResults, {});
    },
    "a node that ignores its signal is given up after the grace period: its own timeout": async (subject) => {
      const flow = new Workflow("stuck");
      flow.addNode("node", stuckLimited, {});
      assert.equal((await subject.rejected(flow, {}, { graceMs: 5 })).code, "node_timeout");
    },
    "a value given after the abort is dropped": async (subject) => {
      const flow = new Workflow("late");
      flow.addNode("node", holdOn, { ms: subject.patienceMs });
      const { error } = await subject.interrupted(flow, nodeStarted);
      assert.deepEqual([error?.code, error?.partialResults], ["cancelled", {}]);
    },
    "a result that comes too late is dropped, and counted where nothing ended it by force": async (subject) => {
      const flow = new Workflow("late");
      // Long enough that the cancel comes first on a busy machine as well.
      flow.addNode("node", deaf, { ms: Math.min(subject.patienceMs, 300), value: 1 });
      const { runtime, error } = await subject.interrupted(flow, nodeStarted, {}, { graceMs: 0 });
      const { virtualTime, preempts } = runtime.capabilities;
      assert.deepEqual([error?.code, error?.partialResults], ["cancelled", {}]);
      if (preempts || virtualTime) return;
      const until = performance.now() + subject.patienceMs + 2000;
      while (runtime.getMetrics().lateResults === 0 && performance.now() < until) await new Promise(setImmediate);
      assert.equal(runtime.getMetrics().lateResults, 1);
    },
    "a synchronous node that takes too long is noticed when it returns": async (subject) => {
      const flow = new Workflow("busy");
      const node = flow.addNode("node", busyLimited, { ms: 12, value: 1 });
      flow.addNode("after", increment, { value: node.out.value });
      const { code, nodeId, partialResults } = await subject.rejected(flow);
      assert.deepEqual([code, nodeId, partialResults], ["node_timeout", "node", {}]);
    },
  }),
  ...casesOf("K3", {
    "after a cancel no node starts, and what was done is in the partial results": async (subject) => {
      const { events, error } = await subject.interrupted(chain(subject.patienceMs), (seen) =>
        hasStarted(seen, "second"),
      );
      assert.deepEqual(error?.partialResults, { first: { value: subject.patienceMs } });
      assert.deepEqual(starts(events), ["first", "second"]);
    },
    "after a run's timeout no node starts, and what was done is in the partial results": async (subject) => {
      const { events, error } = await subject.observed(chain(subject.patienceMs), { timeoutMs: 50 });
      const isDone = eventsOf(events, "node.completed", "first").length > 0;
      assert.deepEqual(error?.partialResults, isDone ? { first: { value: subject.patienceMs } } : {});
      assert.equal(hasStarted(events, "third"), false);
    },
    "a cancelled cycle keeps its last completed iteration": async (subject) => {
      const flow = new Workflow("cycle");
      const step = flow.addNode("step", increment, { value: 0 });
      const wait = flow.addNode("wait", pause, { ms: 1, value: step.out.value });
      flow.createCycle("loop").connect(wait.out.value, step.in.value).maxIterations(200).build();
      const controller = new AbortController();
      let waits = 0;
      const onEvent = (event: RunEvent): void => {
        if (event.type === "node.started" && event.nodeId === "wait" && ++waits === 4)
          setImmediate(() => controller.abort());
      };
      const error = await subject.rejected(flow, { signal: controller.signal, observers: [{ onEvent }] });
      const { iterations } = error.cycles["loop"] ?? {};
      assert.ok(iterations !== undefined && iterations >= 3);
      assert.deepEqual(error.partialResults["wait"], { value: iterations });
    },
  }),
  ...casesOf("K5", {
    "timers get their turn between synchronous nodes": async (subject) => {
      const flow = new Workflow("busy");
      let last = flow.addNode("node0", busy, { ms: 1, value: 1 });
      for (let i = 1; i < 32; i++) last = flow.addNode(`node${i}`, busy, { ms: 1, value: last.out.value });
      let fired = false;
      const timer = setTimeout(() => (fired = true), 1);
      let firedBefore = false;
      const onEvent = (event: { type: string }): void => void (event.type === "run.ended" && (firedBefore = fired));
      await subject.completed(flow, { observers: [{ onEvent }] });
      clearTimeout(timer);
      assert.ok(firedBefore, "a timer of 1 ms had no turn in 32 ms of synchronous nodes");
    },
    "a signal gets its turn in a cycle of synchronous iterations": async (subject) => {
      const flow = new Workflow("busy");
      const step = flow.addNode("step", busy, { ms: 1, value: 0 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(150).build();
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), 1);
      const { events, error } = await subject.observed(flow, { signal: controller.signal });
      clearTimeout(timer);
      assert.equal(error?.code, "cancelled");
      assert.ok(starts(events).length < 150);
    },
    "a reader of stream() gets its turn": async (subject) => {
      const flow = new Workflow("busy");
      let last = flow.addNode("node0", busy, { ms: 1, value: 1 });
      for (let i = 1; i < 15; i++) last = flow.addNode(`node${i}`, busy, { ms: 1, value: last.out.value });
      const runtime = await subject.create();
      let [seen, seenFirst] = [0, 0];
      const onEvent = (event: { type: string }): void => void (event.type === "run.ended" && (seenFirst = seen));
      if (runtime.check(flow).length > 0) return void (await subject.execute(runtime, flow));
      for await (const event of runtime.stream(flow, { observers: [{ onEvent }] })) seen += event.runId === "" ? 0 : 1;
      assert.ok(seenFirst > 0, "no event was read before the run was over");
    },
  }),
];
