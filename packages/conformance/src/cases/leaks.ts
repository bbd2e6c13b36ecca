import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fail, retried } from "../fixtures/failures.ts";
import { increment, number } from "../fixtures/numbers.ts";
import { hold, pause } from "../fixtures/waits.ts";
import { settled, type Subject } from "../subject.ts";
import { hasStarted } from "../timeline.ts";

/** A workflow with limits of every kind, none of which is reached. */
function limitless(): Workflow {
  const flow = new Workflow("limits");
  const slow = flow.addNode("slow", pause, { ms: 1, value: 1 });
  const step = flow.addNode("step", increment, { value: slow.out.value });
  flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(2).timeout(3_600_000).build();
  return flow;
}

/** Handles and timers of the process, by kind; what a promise or an immediate needs comes and goes. */
function resources(): Map<string, number> {
  const counted = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (kind !== "Immediate" && kind !== "CloseReq") counted.set(kind, (counted.get(kind) ?? 0) + 1);
  return counted;
}

/** What is there before a case: whoever runs it has had a turn to set its own timers. */
async function resourcesBefore(): Promise<Map<string, number>> {
  await new Promise(setImmediate);
  return resources();
}

/** What is there now and was not before. */
function surplus(before: ReadonlyMap<string, number>): string[] {
  return [...resources()].flatMap(([kind, count]) => (count > (before.get(kind) ?? 0) ? [kind] : []));
}

/** Nothing may be left; what still closes has a moment for it. */
async function nothingLeft(before: ReadonlyMap<string, number>, subject: Subject): Promise<void> {
  for (const until = performance.now() + subject.patienceMs; surplus(before).length > 0 && performance.now() < until;)
    await wait(2);
  assert.deepEqual(surplus(before), []);
}

export const leaks: readonly Case[] = casesOf("K4", {
  "no listener is left on the caller's signal: a run that completes": async (subject) => {
    const { signal } = new AbortController();
    await subject.completed(limitless(), { signal });
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  },
  "no listener is left on the caller's signal: a run that fails": async (subject) => {
    const { signal } = new AbortController();
    const flow = new Workflow("failing");
    flow.addNode("broken", fail, { message: "broken" });
    await subject.rejected(flow, { signal });
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  },
  "no listener is left on the caller's signal: a run that is refused": async (subject) => {
    const { signal } = new AbortController();
    const flow = new Workflow("poor");
    flow.addNode("poor", number);
    await subject.rejected(flow, { signal });
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  },
  "no listener is left on the caller's signal: stream": async (subject) => {
    const { signal } = new AbortController();
    const runtime = await subject.create();
    await subject.execute(runtime, limitless());
    for await (const event of runtime.stream(limitless(), { signal })) assert.ok(event);
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  },
  "no timer and no handle is left after a run and a close": async (subject) => {
    const before = await resourcesBefore();
    const runtime = await subject.create({ timeoutMs: 3_600_000, nodeTimeoutMs: 3_600_000 });
    await subject.execute(runtime, limitless());
    await runtime.close();
    await nothingLeft(before, subject);
  },
  "no timer is left after a retry and a close": async (subject) => {
    const before = await resourcesBefore();
    const flow = new Workflow("retry");
    flow.addNode("retried", retried, { attempt: 2 });
    const runtime = await subject.create({ nodeTimeoutMs: 3_600_000 });
    await subject.execute(runtime, flow);
    await runtime.close();
    await nothingLeft(before, subject);
  },
  "no timer and no handle is left after a cancelled run and a close": async (subject) => {
    const before = await resourcesBefore();
    const flow = new Workflow("cancelled");
    flow.addNode("node", hold, { ms: 3_600_000 });
    const options = { graceMs: 3_600_000, nodeTimeoutMs: 3_600_000 };
    const { runtime } = await subject.interrupted(flow, (events) => hasStarted(events, "node"), {}, options);
    await runtime.close();
    await nothingLeft(before, subject);
  },
  "close waits for running work": async (subject) => {
    const runtime = await subject.create();
    const flow = new Workflow("slow");
    flow.addNode("slow", pause, { ms: 20, value: 1 });
    let over = false;
    const run = settled(subject.execute(runtime, flow)).finally(() => (over = true));
    await new Promise(setImmediate);
    await runtime.close();
    await new Promise(setImmediate);
    assert.equal(over, true);
    assert.ok("value" in (await run));
  },
  "close cancels running work where it is told to": async (subject) => {
    const runtime = await subject.create();
    const flow = new Workflow("long");
    flow.addNode("node", hold, { ms: subject.patienceMs });
    const run = settled(subject.execute(runtime, flow));
    await new Promise(setImmediate);
    await runtime.close({ cancel: true });
    const ended = await run;
    assert.ok("error" in ended);
    assert.equal((ended.error as { code?: string }).code, "cancelled");
  },
  "close may be called again": async (subject) => {
    const runtime = await subject.create();
    await subject.completed(limitless());
    await Promise.all([runtime.close(), runtime.close()]);
    await runtime.close();
    await runtime[Symbol.asyncDispose]();
  },
  "after close a run is refused": async (subject) => {
    const runtime = await subject.create();
    const flow = new Workflow("late");
    flow.addNode("one", number, { value: 1 });
    await runtime.close();
    await assert.rejects(runtime.execute(flow), { code: "runtime_closed" });
    await assert.rejects(runtime.stream(flow).next(), { code: "runtime_closed" });
  },
});
