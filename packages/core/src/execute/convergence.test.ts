import { describe, expect, test, vi } from "vitest";
import { all, any, delta, fixpoint, plateau } from "../define/criterion.ts";
import type { Criterion } from "../define/criterion.ts";
import type { NodeHandle } from "../define/handle.ts";
import { Workflow } from "../define/workflow.ts";
import { increment } from "../hostile/nodes.fixture.ts";
import { prepare } from "../plan/plan-for.ts";
import type { CyclePlan } from "../plan/plan.ts";
import { type Convergence, startConvergence } from "./convergence.ts";

type Step = NodeHandle<{ value: number }, { value: number; delta: number }>;

/** The plan of a cycle over one node with outputs `value` and `delta`. */
function cycleOf(say: (cycle: ReturnType<Workflow["createCycle"]>, step: Step) => unknown): CyclePlan {
  const flow = new Workflow("w");
  const step = flow.addNode("step", increment, { value: 0 });
  const cycle = flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(1_000_000);
  say(cycle, step);
  cycle.build();
  return prepare(flow).plan("stop").cycles[0]!;
}

/** Asks after an iteration in which `value` had this value. */
const after = (test: Convergence, iteration: number, value: unknown, elapsedMs = 0): boolean =>
  test.holds({ outputs: [{ value, delta: 0 }], iteration, elapsedMs });

/** What a criterion says after each of some values. */
function answers(criterion: (step: Step) => Criterion, values: readonly unknown[]): boolean[] {
  const asked = startConvergence(cycleOf((cycle, step) => cycle.convergeWhen(criterion(step))));
  return values.map((value, i) => after(asked, i + 1, value));
}

test("C3: without a criterion nothing converges", () => {
  expect(after(startConvergence(cycleOf(() => undefined)), 1, 5)).toBe(false);
});

describe("a predicate (C3)", () => {
  test("is told the value, the iteration, the previous value and the history", () => {
    const told: unknown[] = [];
    const cycle = cycleOf((each, step) =>
      each
        .convergeWhen(step.out.value, (value, { iteration, previous, history }) => {
          told.push([value, iteration, previous, [...history]]);
          return false;
        })
        .historyWindow(2),
    );
    const asked = startConvergence(cycle);
    for (let i = 1; i <= 4; i++) after(asked, i, i * 10);
    expect(told).toEqual([
      [10, 1, undefined, []],
      [20, 2, 10, [10]],
      [30, 3, 20, [10, 20]],
      [40, 4, 30, [20, 30]],
    ]);
  });

  test("C9: the history holds the previous value alone unless a window asks for more", () => {
    const lengths: number[] = [];
    const cycle = cycleOf((each, step) =>
      each.convergeWhen(step.out.value, (_, { history }) => (lengths.push(history.length), false)),
    );
    const asked = startConvergence(cycle);
    for (let i = 1; i <= 5; i++) after(asked, i, i);
    expect(lengths).toEqual([0, 1, 1, 1, 1]);
  });

  test("a dead value counts as not converged, without asking, and is no part of the history", () => {
    const told: unknown[] = [];
    const note = (value: number, { previous }: { previous: number | undefined }): boolean => {
      told.push([value, previous]);
      return true;
    };
    const started = startConvergence(cycleOf((cycle, step) => cycle.convergeWhen(step.out.value, note)));
    expect([after(started, 1, 1), after(started, 2, undefined), after(started, 3, 3)]).toEqual([true, false, true]);
    expect(told).toEqual([
      [1, undefined],
      [3, 1],
    ]);
  });

  test("the time is only looked at when it is asked for", () => {
    const looked = vi.fn<() => number>(() => 7);
    const end = (iteration: number): Parameters<Convergence["holds"]>[0] => ({
      outputs: [{ value: 1, delta: 0 }],
      iteration,
      get elapsedMs() {
        return looked();
      },
    });
    startConvergence(cycleOf((cycle, step) => cycle.convergeWhen(step.out.value, () => false))).holds(end(1));
    startConvergence(cycleOf((cycle) => cycle.convergeWhen("step.value > 5"))).holds(end(1));
    expect(looked).not.toHaveBeenCalled();
    const timed = cycleOf((cycle, step) => cycle.convergeWhen(step.out.value, (_, { elapsedMs }) => elapsedMs > 5));
    expect(startConvergence(timed).holds(end(1))).toBe(true);
    expect(startConvergence(cycleOf((cycle) => cycle.convergeWhen("elapsedMs > 5"))).holds(end(1))).toBe(true);
  });

  test.each([[1], ["true"], [null], [undefined], [{}], [Promise.resolve(true)]])(
    "an answer that is no boolean is an error, not convergence: %s",
    (answer) => {
      const cycle = cycleOf((each, step) => each.convergeWhen(step.out.value, () => answer as never));
      expect(() => after(startConvergence(cycle), 3, 1)).toThrow(
        expect.objectContaining({
          code: "expression_failed",
          message: expect.stringMatching(/cycle "loop", iteration 3: the predicate gave [\w ]+, not a boolean/),
          details: { cycle: "loop", iteration: 3 },
        }),
      );
    },
  );

  test("one that throws is an error with its cause", () => {
    const thrown = new RangeError("boom");
    const cycle = cycleOf((each, step) =>
      each.convergeWhen(step.out.value, () => {
        throw thrown;
      }),
    );
    expect(() => after(startConvergence(cycle), 1, 1)).toThrow(
      expect.objectContaining({ code: "expression_failed", cause: thrown, message: expect.stringContaining("boom") }),
    );
  });

  test("C7: each start begins afresh", () => {
    const cycle = cycleOf((each, step) =>
      each.convergeWhen(step.out.value, (_, { previous }) => previous !== undefined),
    );
    const first = startConvergence(cycle);
    expect([after(first, 1, 1), after(first, 2, 2)]).toEqual([false, true]);
    expect(after(startConvergence(cycle), 1, 1)).toBe(false);
  });
});

describe("an expression (C4)", () => {
  const asked = (text: string): Convergence => startConvergence(cycleOf((cycle) => cycle.convergeWhen(text)));

  test("reads ports, the iteration, the value before and the time", () => {
    expect(after(asked("step.value + 1 > 2"), 1, 2)).toBe(true);
    expect(after(asked("value < 2"), 1, 2)).toBe(false);
    const even = asked("iteration % 2 == 0");
    expect([after(even, 1, 0), after(even, 2, 0)]).toEqual([false, true]);
    const before = asked("abs(value - previous.value) < 1");
    expect([after(before, 1, 5), after(before, 2, 4.5)]).toEqual([false, true]);
    expect(after(asked("elapsedMs >= 10"), 1, 0, 10)).toBe(true);
  });

  test("a dead value counts as not converged", () => {
    expect(after(asked("step.value < 2"), 1, undefined)).toBe(false);
  });

  test.each<[string, unknown]>([
    ["step.value", 5],
    ["step.value", null],
    ["step.value + 1", 1],
  ])("one that gives no boolean is an error that shows it: %s of %s", (text, value) => {
    expect(() => after(asked(text), 4, value)).toThrow(
      expect.objectContaining({
        code: "expression_failed",
        message: expect.stringMatching(/iteration 4: expression "step\.value.*" .*it reads step\.value/),
      }),
    );
  });
});

describe("criteria (C3)", () => {
  test("delta: a move below the tolerance, as often in a row as patience says", () => {
    expect(answers((step) => delta(step.out.value, 1), [5, 3, 2.5])).toEqual([false, false, true]);
    expect(answers((step) => delta(step.out.value, 1, { patience: 2 }), [5, 5, 9, 9, 9])).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test("fixpoint: the same value again", () => {
    expect(answers((step) => fixpoint(step.out.value), [1, 2, 2])).toEqual([false, false, true]);
  });

  test("plateau: nothing better for a while", () => {
    expect(answers((step) => plateau(step.out.value, { patience: 2 }), [5, 4, 4, 4])).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("any and all ask every part each time, so that each counts its own patience", () => {
    const both = (step: Step): readonly [Criterion, Criterion] => [
      fixpoint(step.out.value),
      delta(step.out.value, 100, { patience: 3 }),
    ];
    expect(answers((step) => any(...both(step)), [1, 2, 3, 4])).toEqual([false, false, false, true]);
    expect(answers((step) => all(...both(step)), [1, 1, 1, 1, 2])).toEqual([false, false, false, true, false]);
  });

  test("a dead value counts as not converged", () => {
    expect(answers((step) => fixpoint(step.out.value), [undefined, undefined])).toEqual([false, false]);
  });
});

describe("C3: a criterion that goes on from its memory answers as one that never stopped", () => {
  const values = [9, 5, 4, 4, undefined, 4, 3.9, 3.9, 3.9, 3.9, 2, 2, 2];
  test.each<[string, (cycle: ReturnType<Workflow["createCycle"]>, step: Step) => unknown]>([
    ["nothing", () => undefined],
    ["delta", (cycle, step) => cycle.convergeWhen(delta(step.out.value, 0.2, { patience: 2 }))],
    ["fixpoint", (cycle, step) => cycle.convergeWhen(fixpoint(step.out.value, { patience: 3 }))],
    ["plateau", (cycle, step) => cycle.convergeWhen(plateau(step.out.value, { patience: 2, tolerance: 0.15 }))],
    [
      "parts within parts",
      (cycle, { out }) =>
        cycle.convergeWhen(all(any(delta(out.value, 0.2), plateau(out.value)), fixpoint(out.value, { patience: 2 }))),
    ],
    ["an expression", (cycle) => cycle.convergeWhen("value == previous.value && previous.step.value < 4")],
    [
      "a predicate with a history",
      (cycle, step) =>
        cycle.convergeWhen(step.out.value, (value, { history }) => history[0] === value).historyWindow(3),
    ],
  ])("%s", (_, say) => {
    const cycle = cycleOf(say);
    const whole = startConvergence(cycle);
    const expected = values.map((value, i) => after(whole, i + 1, value));
    for (let cut = 0; cut <= values.length; cut++) {
      const first = startConvergence(cycle);
      const before = values.slice(0, cut).map((value, i) => after(first, i + 1, value));
      const second = startConvergence(cycle, structuredClone(first.memory()));
      const rest = values.slice(cut).map((value, i) => after(second, cut + i + 1, value));
      expect([...before, ...rest]).toEqual(expected);
    }
  });
});
