import assert from "node:assert/strict";
import { type RunEvent, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { look, talk } from "../fixtures/contexts.ts";
import { failAfter, retried } from "../fixtures/failures.ts";
import { increment, number } from "../fixtures/numbers.ts";
import { hold, pause } from "../fixtures/waits.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { eventsOf, hasStarted } from "../timeline.ts";

/** A workflow that gives one event of most types. */
function eventful(): Workflow {
  const flow = new Workflow("eventful");
  const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
  const step = flow.addNode("step", increment, { value: branch.out.left });
  flow.addNode("skipped", number, { value: branch.out.right });
  flow.addNode("talk", talk, {});
  flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).build();
  return flow;
}

const ENDS = ["node.completed", "node.failed", "node.cancelled"];

/** Types of the events of one node, in order. */
function lifeOf(events: readonly RunEvent[], id: string): string[] {
  return events.flatMap((event) => ("nodeId" in event && event.nodeId === id ? [event.type.replace("node.", "")] : []));
}

export const observation: readonly Case[] = [
  ...casesOf("O1", {
    "a run begins with run.started and ends with run.ended; nothing follows": async (subject) => {
      const { events, runtime } = await subject.observed(eventful());
      const [first, last] = [events[0], events.at(-1)];
      assert.ok(first?.type === "run.started" && last?.type === "run.ended");
      assert.deepEqual([first.workflow, first.runtime, last.status], ["eventful", runtime.name, "completed"]);
      assert.equal(events.filter(({ type }) => type === "run.started" || type === "run.ended").length, 2);
      await new Promise(setImmediate);
      assert.equal(events.at(-1), last);
    },
    "every event has the run's id, a number without gaps and a time that never goes back": async (subject) => {
      const { events, result } = await subject.observed(eventful());
      assert.ok(events.every(({ runId }) => runId === result?.runId));
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, i) => i + 1),
      );
      assert.ok(events.every(({ time }, i) => i === 0 || time >= events[i - 1]!.time));
    },
    "a node is started, then reports, then ends once": async (subject) => {
      const { events } = await subject.observed(eventful());
      assert.deepEqual(lifeOf(events, "branch"), ["started", "completed"]);
      assert.deepEqual(lifeOf(events, "talk"), ["started", "progress", "log", "log", "progress", "completed"]);
    },
    "a retry is told between a node's start and its end": async (subject) => {
      const flow = new Workflow("retry");
      flow.addNode("retried", retried, { attempt: 2 });
      const { events } = await subject.observed(flow);
      assert.deepEqual(lifeOf(events, "retried"), ["started", "retrying", "completed"]);
    },
    "a skipped node is only skipped": async (subject) => {
      assert.deepEqual(lifeOf((await subject.observed(eventful())).events, "skipped"), ["skipped"]);
    },
    "a cycle tells each iteration, and its end": async (subject) => {
      const { events } = await subject.observed(eventful());
      const told = eventsOf(events, "cycle.iteration").map(({ cycle, iteration, maxIterations }) => [
        cycle,
        iteration,
        maxIterations,
      ]);
      assert.deepEqual(told, [
        ["loop", 1, 2],
        ["loop", 2, 2],
      ]);
      const [ended, ...others] = eventsOf(events, "cycle.ended");
      assert.deepEqual([ended?.cycle, ended?.iterations, ended?.reason, others], ["loop", 2, "max_iterations", []]);
    },
    "a node's events carry its iteration": async (subject) => {
      const { events } = await subject.observed(eventful());
      assert.deepEqual(
        eventsOf(events, "node.completed", "step").map(({ iteration }) => iteration),
        [1, 2],
      );
      assert.deepEqual(
        eventsOf(events, "node.completed", "branch").map(({ iteration }) => iteration),
        [0],
      );
    },
    "a failure is told: of the node, then of the run": async (subject) => {
      const flow = new Workflow("failing");
      flow.addNode("broken", failAfter, { value: 1 });
      const { events } = await subject.observed(flow);
      const [failed, ended] = events.slice(-2);
      assert.ok(failed?.type === "node.failed" && ended?.type === "run.ended");
      assert.deepEqual(
        [failed.nodeId, failed.code, ended.status, ended.error?.nodeId],
        ["broken", "node_failed", "failed", "broken"],
      );
    },
    "every node that started ends, a cancelled one too, before the run": async (subject) => {
      const flow = new Workflow("cancelled");
      flow.addNode("node", hold, { ms: subject.patienceMs });
      const { events } = await subject.interrupted(flow, (seen) => hasStarted(seen, "node"));
      const started = eventsOf(events, "node.started").length;
      assert.equal(events.filter(({ type }) => ENDS.includes(type)).length, started);
      assert.equal(events.at(-1)?.type, "run.ended");
    },
    "progress and log lines carry what the node said": async (subject) => {
      const { events } = await subject.observed(eventful());
      const progress = eventsOf(events, "node.progress", "talk").map(({ done, total, message }) => [
        done,
        total,
        message,
      ]);
      assert.deepEqual(progress, [
        [1, 2, "half"],
        [2, 2, "all"],
      ]);
      const lines = eventsOf(events, "node.log", "talk").map(({ level, message }) => [level, message]);
      assert.deepEqual(lines, [
        ["info", "a line at info"],
        ["error", "a line at error"],
      ]);
    },
    "a map reports progress, at most a hundred times; items on request": async (subject) => {
      const flow = new Workflow("map");
      flow.addMap("map", number, { each: { value: Array.from({ length: 250 }, (_, i) => i) } });
      const all = eventsOf((await subject.observed(flow)).events, "node.progress", "map");
      assert.ok(all.length > 1 && all.length <= 100, `${all.length} reports`);
      assert.deepEqual([all.at(-1)?.done, all.at(-1)?.total], [250, 250]);
      const items = eventsOf((await subject.observed(flow, { itemEvents: true })).events, "node.progress", "map");
      assert.deepEqual(
        items.map(({ index }) => index!).toSorted((a, b) => a - b),
        Array.from({ length: 250 }, (_, i) => i),
      );
    },
    "observers of the runtime and of the run get the same events": async (subject) => {
      const own: RunEvent[] = [];
      const observers = [{ onEvent: (event: RunEvent) => void own.push(event) }];
      const { events } = await subject.observed(eventful(), {}, { observers });
      assert.deepEqual(own, events);
    },
  }),
  ...casesOf("O2", {
    "stream yields the events that observers get": async (subject) => {
      const runtime = await subject.create();
      const [streamed, observed]: RunEvent[][] = [[], []];
      const observers = [{ onEvent: (event: RunEvent) => void observed!.push(event) }];
      await subject.execute(runtime, eventful());
      for await (const event of runtime.stream(eventful(), { observers })) streamed!.push(event);
      assert.deepEqual(streamed, observed);
      assert.deepEqual([streamed![0]?.type, streamed!.at(-1)?.type], ["run.started", "run.ended"]);
    },
    "leaving the loop early cancels the run": async (subject) => {
      const runtime = await subject.create();
      const flow = new Workflow("left");
      const first = flow.addNode("first", pause, { ms: 1, value: 1 });
      flow.addNode("second", hold, { ms: subject.patienceMs });
      flow.addNode("third", increment, { value: first.out.value });
      let last: RunEvent | undefined;
      const observers = [{ onEvent: (event: RunEvent) => void (last = event) }];
      if (runtime.check(flow).length > 0) return void (await subject.execute(runtime, flow));
      for await (const event of runtime.stream(flow, { observers })) if (event.type === "node.started") break;
      assert.ok(last?.type === "run.ended");
      assert.equal(last.status, "cancelled");
    },
    "a failed run throws after its last event": async (subject) => {
      const runtime = await subject.create();
      const flow = new Workflow("failing");
      flow.addNode("broken", failAfter, { value: 1 });
      const types: string[] = [];
      const read = async (): Promise<void> => {
        for await (const { type } of runtime.stream(flow)) types.push(type);
      };
      await assert.rejects(read(), { code: "node_failed" });
      assert.equal(types.at(-1), "run.ended");
    },
  }),
  ...casesOf("O4", {
    "every line has the run's and the node's id, and goes to the caller's own logger": async (subject) => {
      const flow = new Workflow("talking");
      flow.addNode("talk", talk, {});
      const recording = new RecordingLogger();
      const { runId } = await subject.completed(flow, {}, { logger: recording.logger });
      const told = recording.lines.map(({ level, message, fields }) => [
        level,
        message,
        fields["runId"],
        fields["nodeId"],
      ]);
      assert.deepEqual(told, [
        ["info", "a line at info", runId, "talk"],
        ["error", "a line at error", runId, "talk"],
      ]);
    },
    "a line about a value has both ids as well": async (subject) => {
      const flow = new Workflow("invalid");
      flow.addNode("node", number, { value: "text" as never });
      const recording = new RecordingLogger();
      const options = { connectionValidation: "warn", logger: recording.logger } as const;
      const { runId } = await subject.completed(flow, {}, options);
      assert.ok(recording.lines.length > 0);
      for (const { fields } of recording.lines) assert.deepEqual([fields["runId"], fields["nodeId"]], [runId, "node"]);
    },
    "node code gets a logger that works without an observer, and a context that is its own": async (subject) => {
      const flow = new Workflow("context");
      flow.addNode("look", look, {});
      flow.addNode("talk", talk, {});
      const { results, runId } = await subject.completed(flow);
      const { seen } = results["look"] as { seen: Record<string, unknown> };
      const expected = { runId, workflow: "context", nodeId: "look", attempt: 1, iteration: 0, hasSignal: true };
      assert.deepEqual({ ...seen, index: undefined }, { ...expected, index: undefined });
      assert.deepEqual(results["talk"], { value: 1 });
    },
  }),
];
