import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { Plan } from "../plan/plan.ts";
import { prepare } from "../plan/plan-for.ts";
import { type NodeSums, type NodeTimes, NodeTiming, timesOf } from "./node-timing.ts";

describe("NodeTiming", () => {
  test("keeps count, sum, least, mean and most of a node, and its percentiles (O3)", () => {
    const timing = new NodeTiming(planOf("a", "b"));
    for (const milliseconds of [10, 20, 60]) timing.ran(0, 0, milliseconds);
    timing.retried(0);
    const { a, b } = timesIn(timing);
    expect(a).toMatchObject({ count: 3, total: 90, min: 10, mean: 30, max: 60, retries: 1, queueWait: 0 });
    expect(a!.p50 / 20).toBeCloseTo(1, 1);
    expect(a!.p95 / 60).toBeCloseTo(1, 1);
    expect(b).toBeUndefined();
  });

  test("of a node that ran once, every time is its one time exactly", () => {
    const timing = new NodeTiming(planOf("a"));
    timing.ran(0, 5, 12.5);
    expect(timesIn(timing)["a"]).toMatchObject({
      count: 1,
      total: 12.5,
      min: 12.5,
      mean: 12.5,
      max: 12.5,
      p50: 12.5,
      p95: 12.5,
    });
  });

  test("sums the wait between ready and start", () => {
    const timing = new NodeTiming(planOf("a"));
    timing.ready(0, 100);
    timing.ran(0, 130, 1);
    timing.ready(0, 200);
    timing.ran(0, 201, 1);
    expect(timesIn(timing)["a"]!.queueWait).toBe(31);
  });

  test("added up over runs says what one run of all would say", () => {
    const plan = planOf("a");
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 4 }),
        (runs) => {
          const whole = new NodeTiming(plan);
          const byName = new Map<string, NodeSums>();
          for (const durations of runs) {
            const timing = new NodeTiming(plan);
            for (const each of durations)
              for (const to of [timing, whole]) {
                to.ready(0, 1);
                to.ran(0, 3, each);
              }
            timing.addTo(byName);
          }
          const expected = timesIn(whole)["a"];
          const folded = byName.get("a");
          expect(folded && timesOf(folded)).toEqual(expected === undefined ? undefined : close(expected));
        },
      ),
    );
  });
});

/** Sums in another order differ in the last digits. */
function close(times: NodeTimes): unknown {
  const { total, mean } = times;
  return { ...times, total: expect.closeTo(total, 3), mean: expect.closeTo(mean, 3) };
}

function planOf(...ids: readonly string[]): Plan {
  const port = z.object({ x: z.number() });
  const flow = new Workflow("timed");
  for (const id of ids)
    flow.addNode(id, defineNode({ name: id, input: port, output: port, run: (input) => input }), { x: 1 });
  return prepare(flow).plan("stop");
}

function timesIn(timing: NodeTiming): Record<string, NodeTimes> {
  const sums = new Map<string, NodeSums>();
  timing.addTo(sums);
  return Object.fromEntries([...sums].map(([id, each]) => [id, timesOf(each)]));
}
