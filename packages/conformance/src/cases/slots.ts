import assert from "node:assert/strict";
import { type RunEvent, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { announce } from "../fixtures/contexts.ts";
import { retriedLater } from "../fixtures/failures.ts";
import { number } from "../fixtures/numbers.ts";
import { hold, holdInGroup, pause } from "../fixtures/waits.ts";
import type { Subject } from "../subject.ts";
import { eventsOf, mostAtOnce, spans, starts } from "../timeline.ts";

/** More tasks at once than this are not tried. */
export const MANY = 6;

/** The runtime's limit, or {@link MANY} where it is above. */
export async function limitOf(subject: Subject): Promise<number> {
  const { capabilities } = await subject.create();
  return Math.min(capabilities.maxConcurrency, MANY);
}

/** Nodes that wait, as many as fill all slots but one; none where the slots cannot be filled. */
export function fillSlots(flow: Workflow, limit: number, ms: number): string[] {
  if (limit === MANY) return [];
  return Array.from({ length: limit - 1 }, (_, i) => flow.addNode(`filler${i}`, hold, { ms }).id);
}

/** How many nodes, or items of a map, said that they have begun. */
function begun(events: readonly RunEvent[]): number {
  const told = eventsOf(events, "node.progress").filter(({ message }) => message === "begun");
  return new Set(told.map(({ nodeId, index }) => `${nodeId} ${index}`)).size;
}

export const slots: readonly Case[] = casesOf("S5", {
  "as many tasks run at once as the limit allows, and no more": async (subject) => {
    const limit = await limitOf(subject);
    const flow = new Workflow("wide");
    for (let i = 0; i < limit + 2; i++) flow.addNode(`node${i}`, hold, { ms: subject.patienceMs });
    const most = Math.min((await subject.create()).capabilities.maxConcurrency, limit + 2);
    const { until } = await subject.interrupted(flow, (seen) => starts(seen).length === most);
    assert.equal(starts(until).length, most);
  },
  "over a whole run the limit is never exceeded": async (subject) => {
    const limit = await limitOf(subject);
    const flow = new Workflow("wide");
    for (let i = 0; i < 2 * limit; i++) flow.addNode(`node${i}`, pause, { ms: 1 + (i % 3), value: i });
    const { events, runtime } = await subject.observed(flow);
    // How many of such short ones overlap is a matter of the machine.
    assert.ok(mostAtOnce(events) <= runtime.capabilities.maxConcurrency);
    assert.equal(eventsOf(events, "node.completed").length, 2 * limit);
  },
  "the items of a map count as tasks": async (subject) => {
    const { maxConcurrency } = (await subject.create()).capabilities;
    const most = Math.min(maxConcurrency, MANY + 2);
    const flow = new Workflow("map");
    flow.addMap("map", announce, { each: { ms: Array<number>(MANY + 2).fill(subject.patienceMs) } });
    const { until } = await subject.interrupted(flow, (seen) => begun(seen) === most);
    assert.equal(begun(until), most);
  },
  "the items of two maps share the limit": async (subject) => {
    const { maxConcurrency } = (await subject.create()).capabilities;
    const flow = new Workflow("maps");
    for (const id of ["one", "two"])
      flow.addMap(id, announce, { each: { ms: Array<number>(4).fill(subject.patienceMs) } });
    const most = Math.min(maxConcurrency, 8);
    const { until } = await subject.interrupted(flow, (seen) => begun(seen) === most);
    assert.equal(begun(until), most);
  },
  "a map's own limit holds beside the runtime's": async (subject) => {
    const { maxConcurrency } = (await subject.create()).capabilities;
    const most = Math.min(maxConcurrency, 2);
    const flow = new Workflow("map");
    const ms = Array<number>(4).fill(subject.patienceMs);
    flow.addMap("map", announce, { each: { ms }, concurrency: 2 });
    const { until } = await subject.interrupted(flow, (seen) => begun(seen) === most);
    assert.equal(begun(until), most);
  },
  "a group's limit holds, and others go on meanwhile": async (subject) => {
    const flow = new Workflow("group");
    const ms = subject.patienceMs;
    for (const id of ["narrow1", "narrow2"]) flow.addNode(id, holdInGroup, { ms });
    for (const id of ["wide1", "wide2"]) flow.addNode(id, hold, { ms });
    const most = Math.min((await subject.create()).capabilities.maxConcurrency, 3);
    const full = (seen: readonly RunEvent[]): boolean => starts(seen).length === most;
    const { until } = await subject.interrupted(flow, full, {}, { groupLimits: { narrow: 1 } });
    assert.equal(starts(until).length, most);
    assert.ok(mostAtOnce(until, (id) => id.startsWith("narrow")) <= 1);
  },
  "a group's nodes all run in the end": async (subject) => {
    const flow = new Workflow("group");
    for (let i = 0; i < 4; i++) flow.addNode(`node${i}`, holdInGroup, { ms: 1 });
    const { events, result } = await subject.observed(flow, {}, { groupLimits: { narrow: 1 } });
    assert.equal(mostAtOnce(events), 1);
    assert.equal(Object.keys(result?.results ?? {}).length, 4);
  },
  "waiting between retries holds no slot": async (subject) => {
    const flow = new Workflow("retry");
    fillSlots(flow, await limitOf(subject), 50);
    flow.addNode("retried", retriedLater, {});
    flow.addNode("other", number, { value: 1 });
    const { events } = await subject.observed(flow);
    const order = spans(events);
    assert.ok(order.indexOf("+other") < order.indexOf("-retried"), order.join(" "));
  },
});
