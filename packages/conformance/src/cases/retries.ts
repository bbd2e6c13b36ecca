import assert from "node:assert/strict";
import { type RunEvent, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { lyingFirst } from "../fixtures/checks.ts";
import { fail, failRichly, retried, retriedMuchLater, slowFirst, succeedAt, throwOdd } from "../fixtures/failures.ts";
import { unlessTypeError } from "../fixtures/predicates.ts";
import { hold } from "../fixtures/waits.ts";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import type { Subject } from "../subject.ts";
import { eventsOf, hasStarted, spans } from "../timeline.ts";

type Policy = NonNullable<RuntimeOptions["retry"]>;

/** The waits before the second, third and fourth attempt under a policy. */
async function waits(subject: Subject, policy: Partial<Policy>): Promise<number[]> {
  const flow = new Workflow("waits");
  flow.addNode("node", succeedAt, { attempt: 4 });
  const retry = { attempts: 4, delayMs: 2, ...policy };
  const { events } = await subject.observed(flow, {}, { retry, random: () => 0.5 });
  return eventsOf(events, "node.retrying").map(({ delayMs }) => delayMs);
}

/** One node under the runtime's own policy of three attempts. */
function once(node: typeof succeedAt, attempt: number): Workflow {
  const flow = new Workflow("once");
  flow.addNode("node", node, { attempt });
  return flow;
}

const THREE: Policy = { attempts: 3, backoff: "fixed", delayMs: 1 };

export const retries: readonly Case[] = casesOf("E4", {
  "a node is tried as often as its policy says; attempts count from 1": async (subject) => {
    const { results, nodes } = await subject.completed(once(retried, 3));
    assert.deepEqual([results["node"], nodes["node"]?.attempts], [{ attempt: 3 }, 3]);
  },
  "a node that succeeds is not tried again": async (subject) => {
    const { events } = await subject.observed(once(retried, 2));
    assert.deepEqual(
      eventsOf(events, "node.retrying").map(({ attempt }) => attempt),
      [1],
    );
  },
  "after the last attempt the node fails, with that attempt's error": async (subject) => {
    const { attempt, cause, nodeId } = await subject.rejected(once(retried, 9));
    assert.deepEqual([nodeId, attempt, (cause as Error).message], ["node", 3, "attempt 3 failed"]);
  },
  "retries of one activation are one start and one end": async (subject) => {
    const { events } = await subject.observed(once(retried, 3));
    assert.deepEqual(spans(events), ["+node", "-node"]);
  },
  "without a policy there is one attempt": async (subject) => {
    assert.equal((await subject.rejected(once(succeedAt, 2))).attempt, 1);
  },
  "the runtime's policy is for nodes without one": async (subject) => {
    const { results } = await subject.completed(once(succeedAt, 2), {}, { retry: THREE });
    assert.deepEqual(results["node"], { attempt: 2 });
    const error = await subject.rejected(once(retried, 4), {}, { retry: { ...THREE, attempts: 9 } });
    assert.equal(error.attempt, 3);
  },
  "waits grow as the policy says": async (subject) => {
    assert.deepEqual(await waits(subject, { backoff: "fixed" }), [2, 2, 2]);
    assert.deepEqual(await waits(subject, { backoff: "linear" }), [2, 4, 6]);
    assert.deepEqual(await waits(subject, { backoff: "exponential" }), [2, 4, 8]);
  },
  "waits have a longest, and may have a share at random": async (subject) => {
    assert.deepEqual(await waits(subject, { backoff: "exponential", maxDelayMs: 3 }), [2, 3, 3]);
    assert.deepEqual(await waits(subject, { backoff: "fixed", jitter: 1 }), [3, 3, 3]);
  },
  "waits follow the runtime's clock": async (subject) => {
    const flow = new Workflow("hours");
    flow.addNode("node", retriedMuchLater, {});
    const { virtualTime } = (await subject.create()).capabilities;
    const asked: number[] = [];
    const set = (callback: () => void, ms: number): unknown => {
      asked.push(ms);
      return setImmediate(callback);
    };
    const clear = (timer: unknown): void => clearImmediate(timer as NodeJS.Immediate);
    const clock = {
      now: () => performance.now(),
      turn: (callback: () => void) => void setImmediate(callback),
      set,
      clear,
    };
    const { attempt } = await subject.rejected(flow, {}, virtualTime ? {} : { clock });
    assert.equal(attempt, 2);
    assert.ok(virtualTime || asked.includes(3_600_000));
  },
  "timeouts are per attempt": async (subject) => {
    const flow = new Workflow("slow");
    flow.addNode("node", slowFirst, {});
    const { events, result } = await subject.observed(flow);
    assert.deepEqual(result?.results["node"], { attempt: 2 });
    assert.match(eventsOf(events, "node.retrying")[0]?.message ?? "", /longer than 50 ms/);
  },
  "retryOn says which errors are worth another attempt": async (subject) => {
    const retry = { ...THREE, retryOn: unlessTypeError };
    const flow = new Workflow("range");
    flow.addNode("node", failRichly, {});
    assert.equal((await subject.rejected(flow, {}, { retry })).attempt, 3);
    const other = new Workflow("other");
    other.addNode("node", throwOdd, { odd: "text" });
    assert.equal(
      (await subject.rejected(other, {}, { retry: { ...retry, retryOn: (error) => error !== "a text" } })).attempt,
      1,
    );
  },
  "an abort ends a wait at once": async (subject) => {
    const flow = new Workflow("wait");
    flow.addNode("node", retriedMuchLater, {});
    const controller = new AbortController();
    // As soon as the wait has begun: in virtual time the hour is over within a turn.
    const onEvent = ({ type }: RunEvent): void => {
      if (type === "node.retrying") queueMicrotask(() => controller.abort());
    };
    const run = { signal: controller.signal, observers: [{ onEvent }] };
    assert.equal((await subject.rejected(flow, run, { graceMs: 3_600_000 })).code, "cancelled");
  },
  "an invalid value is not retried": async (subject) => {
    const flow = new Workflow("lying");
    flow.addNode("node", lyingFirst, {});
    const { error, events } = await subject.observed(flow, {}, { connectionValidation: "strict" });
    assert.deepEqual([error?.code, eventsOf(events, "node.retrying")], ["connection_invalid", []]);
  },
  "a cancelled node is not retried": async (subject) => {
    const flow = new Workflow("cancelled");
    flow.addNode("node", hold, { ms: subject.patienceMs });
    const { events } = await subject.interrupted(flow, (seen) => hasStarted(seen, "node"), {}, { retry: THREE });
    assert.deepEqual(eventsOf(events, "node.retrying"), []);
  },
  "an item of a map is tried for itself": async (subject) => {
    const flow = new Workflow("map");
    flow.addMap("map", retried, { each: { attempt: [1, 3, 2] } });
    const { attempt } = (await subject.completed(flow)).results["map"] as { attempt: number[] };
    assert.deepEqual(
      attempt.toSorted((a, b) => a - b),
      [1, 2, 3],
    );
  },
  "a failure that is not repeated fails the run": async (subject) => {
    const flow = new Workflow("fail");
    flow.addNode("node", fail, { message: "for good" });
    const { attempt, cause } = await subject.rejected(flow, {}, { retry: { ...THREE, retryOn: () => false } });
    assert.deepEqual([attempt, (cause as Error).message], [1, "for good"]);
  },
});
