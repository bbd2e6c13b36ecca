import { afterEach, expect, test, vi } from "vitest";
import { ManualClock } from "./manual-clock.fixture.ts";
import { Turns } from "./turns.ts";

afterEach(() => void vi.restoreAllMocks());

/** A machine's time that moves when the test says so; `looks` counts how often it was asked. */
function machineTime(): { now: number; looks: number } {
  const time = { now: 1_000_000, looks: 0 };
  vi.spyOn(Date, "now").mockImplementation(() => {
    time.looks++;
    return time.now;
  });
  return time;
}

/** A clock whose turns come when the test says so. */
class HeldTurns extends ManualClock {
  readonly held: (() => void)[] = [];
  override turn(callback: () => void): void {
    this.held.push(callback);
  }
}

function turnsOf(): { turns: Turns; clock: HeldTurns; resumed: () => number } {
  const clock = new HeldTurns();
  const resume = vi.fn<() => void>();
  return { turns: new Turns(clock, resume), clock, resumed: () => resume.mock.calls.length };
}

/** How often the time is looked at in so many activations of so many milliseconds each. */
function looksIn(activations: number, milliseconds: number): number {
  const time = machineTime();
  const { turns, clock } = turnsOf();
  const before = time.looks;
  for (let i = 0; i < activations; i++) {
    if (turns.due()) clock.held.shift()!();
    time.now += milliseconds;
  }
  return time.looks - before;
}

test("K5: no turn is due before 10 ms have passed", () => {
  const time = machineTime();
  const { turns, clock } = turnsOf();
  time.now += 9;
  expect(turns.due()).toBe(false);
  expect([turns.scheduled, clock.held.length]).toEqual([false, 0]);
});

test("K5: after 10 ms a turn is scheduled, once, and work goes on after it", () => {
  const time = machineTime();
  const { turns, clock, resumed } = turnsOf();
  time.now += 10;
  expect(turns.due()).toBe(true);
  expect(turns.due()).toBe(true);
  expect([turns.scheduled, clock.held.length, resumed()]).toEqual([true, 1, 0]);
  clock.held[0]!();
  expect([turns.scheduled, turns.due(), resumed()]).toEqual([false, false, 1]);
});

test("K5: the time between two turns counts from the turn, not from when it was asked for", () => {
  const time = machineTime();
  const { turns, clock } = turnsOf();
  time.now += 10;
  turns.due();
  time.now += 50;
  clock.held[0]!();
  time.now += 9;
  expect(turns.due()).toBe(false);
});

test("K5: quick nodes are interrupted by fewer looks at the time: at most one in four", () => {
  const looks = looksIn(1600, 0);
  expect(looks).toBeGreaterThanOrEqual(400);
  expect(looks).toBeLessThan(415);
});

test("K5: among nodes of a millisecond or more each one is followed by a look", () => {
  expect(looksIn(100, 1)).toBeGreaterThanOrEqual(100);
});

test("K5: once nodes are slow, each one is followed by a look again", () => {
  const time = machineTime();
  const { turns, clock } = turnsOf();
  for (let i = 0; i < 200; i++) turns.due();
  const before = time.looks;
  for (let i = 0; i < 4 + 9; i++) {
    if (turns.due()) clock.held.shift()!();
    time.now += 1;
  }
  expect(time.looks - before).toBeGreaterThanOrEqual(9);
});

test("K5: of nodes that are slow from one moment on, no more than four run before the first turn", () => {
  const time = machineTime();
  const { turns } = turnsOf();
  for (let i = 0; i < 200; i++) turns.due();
  let ran = 0;
  for (; !turns.due(); ran++) time.now += 10;
  expect(ran).toBeLessThanOrEqual(4);
});

test("K5: a clock of the machine that is set back does not take the event loop its turns", () => {
  const time = machineTime();
  const { turns } = turnsOf();
  time.now -= 3_600_000;
  let ran = 0;
  for (; !turns.due() && ran < 10_000; ran++) time.now += 1;
  expect(ran).toBeLessThan(100);
});

test("K4: after the end of a run a turn that was under way goes on with nothing", () => {
  const time = machineTime();
  const { turns, clock, resumed } = turnsOf();
  time.now += 10;
  turns.due();
  turns.stop();
  clock.held[0]!();
  expect(resumed()).toBe(0);
});
