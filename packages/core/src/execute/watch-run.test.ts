import { getEventListeners } from "node:events";
import type { PolyloomError } from "@polyloom/wire";
import { expect, test } from "vitest";
import { ManualClock, settled } from "./manual-clock.fixture.ts";
import type { Run, RunEnd } from "./run.ts";
import { watchRun } from "./watch-run.ts";

/** A run that only notes what it is told, and ends when the test says so. */
function fakeRun(): { run: Run; clock: ManualClock; told: unknown[]; end: (end: RunEnd) => void } {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<RunEnd>();
  const run = {
    clock,
    plan: { workflow: { name: "w" }, indexOf: new Map([["a", 0]]) },
    events: { emit: (body: unknown) => told.push(body) },
    start: () => told.push("start"),
    cancel: ({ code, cause, details }: PolyloomError) => told.push([code, cause, details]),
    ended: promise,
  };
  return { run: run as unknown as Run, clock, told, end: resolve };
}

const STARTED = { type: "run.started", workflow: "w", runtime: "test", nodes: 1 };

test("a run is announced, started, and its time measured", async () => {
  const { run, clock, told, end } = fakeRun();
  const watched = watchRun(run, "test", undefined, []);
  expect([told, clock.pending]).toEqual([[STARTED, "start"], 0]);
  clock.spend(7);
  end("completed");
  expect(await watched).toEqual({ end: "completed", durationMs: 7 });
});

test("K1: it is stopped when its time is over, and the timer is gone at its end", async () => {
  const { run, clock, told, end } = fakeRun();
  const watched = watchRun(run, "test", 50, []);
  await clock.advance(50);
  expect(told.at(-1)).toEqual(["run_timeout", undefined, { timeoutMs: 50 }]);
  end("cancelled");
  await watched;
  const quick = fakeRun();
  const done = watchRun(quick.run, "test", 50, []);
  quick.end("completed");
  await done;
  expect([clock.pending, quick.clock.pending]).toEqual([0, 0]);
});

test("K1: one that is not wanted before it begins is announced and cancelled, and not started", async () => {
  const { run, told, end } = fakeRun();
  end("cancelled");
  await watchRun(run, "test", undefined, [new AbortController().signal, AbortSignal.abort("why")]);
  expect(told).toEqual([STARTED, ["cancelled", "why", {}]]);
});

test("K1, K4: any of the signals stops it, with its reason; none keeps a listener", async () => {
  const { run, told, end } = fakeRun();
  const controllers = [new AbortController(), new AbortController()];
  const signals = controllers.map(({ signal }) => signal);
  const watched = watchRun(run, "test", undefined, signals);
  controllers[1]!.abort("second");
  expect(told.at(-1)).toEqual(["cancelled", "second", {}]);
  end("cancelled");
  await watched;
  await settled();
  expect(signals.map((signal) => getEventListeners(signal, "abort").length)).toEqual([0, 0]);
});
