import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { EventBody, RunEvent } from "./event.ts";
import { progressView, type ProgressViewOptions } from "./progress-view.ts";

describe("on a terminal", () => {
  test("shows counters and running nodes, and redraws by its clock at most every 100 ms", () => {
    const { screen, clock, tell } = started();
    expect(screen()).toEqual(["● flow 0 µs: 0 done of 8"]);
    tell({ type: "node.started", nodeId: "a", iteration: 0 });
    tell({ type: "node.completed", nodeId: "a", iteration: 0, attempts: 1, durationMs: 1 });
    tell({ type: "node.skipped", nodeId: "b", iteration: 0 });
    tell({ type: "node.started", nodeId: "c", iteration: 0 });
    expect(screen()).toEqual(["● flow 0 µs: 0 done of 8"]);
    clock.pass(99);
    expect(screen()).toHaveLength(1);
    clock.pass(1);
    expect(screen()).toEqual(["● flow 100 ms: 1 done, 1 skipped, 1 running of 8", "  ▸ c 100 ms"]);
    clock.pass(1000);
    expect(screen()[1]).toBe("  ▸ c 1.1 s");
  });

  test("writes at most ten frames a second, however many events there are", () => {
    const { writes, clock, tell } = started();
    const before = writes.length;
    for (let i = 0; i < 10_000; i++) {
      tell({ type: "node.progress", nodeId: "a", iteration: 0, done: i, total: 10_000, message: undefined });
      clock.pass(0.1);
    }
    expect(writes.length - before).toBeLessThanOrEqual(10);
  });

  test("estimates the time left of a map from its progress", () => {
    const { screen, clock, tell } = started();
    tell({ type: "node.started", nodeId: "map", iteration: 0 });
    clock.pass(1000);
    tell({ type: "node.progress", nodeId: "map", iteration: 0, done: 25, total: 100, message: "page\u001b[31m 25" });
    clock.pass(100);
    expect(screen()[1]).toBe("  ▸ map 25 of 100 (25 %), 1.1 s, about 3.3 s left, page [31m 25");
  });

  test("estimates the time left of a cycle from its iterations, afresh when it starts again, and drops it at its end", () => {
    const { screen, clock, tell } = started();
    const iterate = (iteration: number): void =>
      tell({ type: "cycle.iteration", cycle: "loop", iteration, maxIterations: 10 });
    iterate(1);
    clock.pass(100);
    expect(screen()[1]).toBe("  ↻ loop iteration 1 of 10 done");
    clock.pass(900);
    iterate(2);
    iterate(3);
    clock.pass(1000);
    expect(screen()[1]).toBe("  ↻ loop iteration 3 of 10 done, at most about 7.0 s left");
    iterate(1);
    clock.pass(100);
    expect(screen()[1]).toBe("  ↻ loop iteration 1 of 10 done");
    iterate(2);
    clock.pass(100);
    expect(screen()[1]).toBe("  ↻ loop iteration 2 of 10 done, at most about 1.6 s left");
    tell({ type: "cycle.ended", cycle: "loop", iterations: 1, converged: true, reason: "converged", elapsedMs: 1 });
    clock.pass(100);
    expect(screen()).toHaveLength(1);
  });

  test("counts a node of a cycle once", () => {
    const { screen, clock, tell } = started();
    for (let iteration = 1; iteration <= 3; iteration++) {
      tell({ type: "node.started", nodeId: "step", iteration });
      tell({ type: "node.completed", nodeId: "step", iteration, attempts: 1, durationMs: 1 });
    }
    clock.pass(100);
    expect(screen()).toEqual(["● flow 100 ms: 1 done of 8"]);
  });

  test("leaves a failure and the end as lines that stay, and no timer and no frame behind", () => {
    const { screen, clock, tell } = started();
    tell({ type: "node.started", nodeId: "bad", iteration: 0 });
    clock.pass(100);
    tell({
      type: "node.failed",
      nodeId: "bad",
      iteration: 0,
      attempts: 1,
      durationMs: 1,
      code: "node_failed",
      message: "no\nluck",
    });
    expect(screen()).toEqual(["✗ bad failed: no luck", "● flow 100 ms: 0 done, 1 failed of 8"]);
    tell({
      type: "run.ended",
      status: "failed",
      durationMs: 1500,
      error: { code: "node_failed", message: "no luck", nodeId: "bad" },
    });
    expect(screen()).toEqual(["✗ bad failed: no luck", "✗ flow failed in 1.5 s: 0 done, 1 failed of 8: node_failed"]);
    expect(clock.waiting).toBe(0);
  });

  test("never hides the cursor", () => {
    const { writes, clock, tell } = started();
    clock.pass(100);
    tell({ type: "run.ended", status: "completed", durationMs: 1 });
    expect(writes.join("")).not.toContain("\u001b[?");
  });

  test("cuts lines at the width, and many running nodes to ten lines", () => {
    const { screen, clock, tell } = started({ columns: 30 });
    for (let i = 0; i < 15; i++)
      tell({ type: "node.started", nodeId: `a rather long name of node ${i}`, iteration: 0 });
    clock.pass(100);
    expect(screen()).toHaveLength(12);
    expect(screen().at(-1)).toBe("  … 5 more");
    expect(Math.max(...screen().map((line) => line.length))).toBeLessThan(30);
  });

  test("takes a terminal that says 0 columns for one that does not know them", () => {
    expect(started({ columns: 0 }).screen()).toEqual(["● flow 0 µs: 0 done of 8"]);
  });

  test("shows several runs, each until its end", () => {
    const { screen, tell, view, clock } = started();
    view.onEvent({
      type: "run.started",
      runId: "r2",
      seq: 1,
      time: 0,
      workflow: "second",
      runtime: "inline",
      nodes: 8,
    });
    expect(screen()).toHaveLength(2);
    tell({ type: "run.ended", status: "completed", durationMs: 1 });
    expect(screen()).toEqual(["✓ flow completed in 1.0 ms: 0 done of 8", "● second 0 µs: 0 done of 8"]);
    expect(clock.waiting).toBe(1);
  });

  test("close() takes the view away, stops its timer, and shows nothing any more", () => {
    const { screen, writes, clock, tell, view } = started();
    view.close();
    view.close();
    expect(screen()).toEqual([]);
    expect(clock.waiting).toBe(0);
    const before = writes.length;
    tell({
      type: "node.failed",
      nodeId: "a",
      iteration: 0,
      attempts: 1,
      durationMs: 1,
      code: "node_failed",
      message: "late",
    });
    expect(writes).toHaveLength(before);
  });

  test("colours marks only when asked to", () => {
    expect(started({ color: true }).writes.join("")).toContain("\u001b[34m●\u001b[0m");
    expect(started({ color: false }).writes.join("")).not.toContain("\u001b[34m");
  });
});

describe("elsewhere", () => {
  test("writes plain lines: the start, counters once a second where they changed, failures and the end", () => {
    const { writes, clock, tell } = started({ isTTY: false });
    tell({ type: "node.started", nodeId: "a", iteration: 0 });
    clock.pass(1000);
    clock.pass(1000);
    tell({ type: "node.completed", nodeId: "a", iteration: 0, attempts: 1, durationMs: 1 });
    clock.pass(1000);
    tell({
      type: "node.failed",
      nodeId: "b",
      iteration: 0,
      attempts: 1,
      durationMs: 1,
      code: "node_failed",
      message: "no",
    });
    tell({ type: "run.ended", status: "failed", durationMs: 3000 });
    expect(writes.join("")).toBe(`flow started
flow: 0 done, 1 running of 8
flow: 1 done of 8
✗ b failed: no
✗ flow failed in 3.0 s: 1 done, 1 failed of 8
`);
    expect(clock.waiting).toBe(0);
  });
});

test("a real run is shown to its end, by a timer that keeps no process alive (K4)", async () => {
  const writes: string[] = [];
  const view = progressView({ stream: { isTTY: true, write: (text) => writes.push(text) }, color: false });
  const port = z.object({ x: z.number() });
  const flow = new Workflow("real");
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  let during: number | undefined;
  flow.addNode(
    "a",
    defineNode({ name: "a", input: port, output: port, run: async ({ x }) => ((during = timers()), { x }) }),
    { x: 1 },
  );
  const before = timers();
  await new InlineRuntime({ observers: [view] }).execute(flow);
  expect([during, timers()]).toEqual([before, before]);
  expect(writes.at(-1)).toMatch(/✓ real completed in .*: 1 done of 1\n$/);
});

interface Started {
  readonly view: ReturnType<typeof progressView>;
  readonly writes: string[];
  readonly clock: TestClock;
  readonly tell: (body: EventBody) => void;
  /** What a terminal would show. */
  readonly screen: () => string[];
}

/** A view that was told that a run began. */
function started({
  isTTY = true,
  columns = 100,
  color = false,
}: { isTTY?: boolean; columns?: number; color?: boolean } = {}): Started {
  const writes: string[] = [];
  const clock = new TestClock();
  const view = progressView({ stream: { isTTY, columns, rows: 24, write: (text) => writes.push(text) }, clock, color });
  const tell = (body: EventBody): void => view.onEvent({ ...body, runId: "r1", seq: 1, time: 0 } as RunEvent);
  tell({ type: "run.started", workflow: "flow", runtime: "inline", nodes: 8 });
  return { view, writes, clock, tell, screen: () => screenOf(writes.join("")) };
}

/** Plays what was written: lines, going up, and clearing to the end. */
function screenOf(written: string): string[] {
  const lines: string[] = [];
  for (const [, up, clear, text] of written.replaceAll("\u001b", "^").matchAll(/\^\[(\d+)F|(\^\[J)|([^^\n]*)\n/g))
    if (up !== undefined) lines.length -= Number(up);
    else if (clear === undefined) lines.push(text!);
  return lines;
}

class TestClock implements NonNullable<ProgressViewOptions["clock"]> {
  #now = 0;
  readonly #timers: Map<number, { readonly at: number; readonly callback: () => void }> = new Map();
  #next = 0;

  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  set(callback: () => void, milliseconds: number): unknown {
    this.#timers.set(++this.#next, { at: this.#now + milliseconds, callback });
    return this.#next;
  }

  clear(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** Lets time go on, timer by timer. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].callback();
    }
    this.#now = end;
  }
}
