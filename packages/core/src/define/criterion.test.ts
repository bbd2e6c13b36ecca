import { describe, expect, test } from "vitest";
import { z } from "zod";
import { all, any, type Criterion, delta, fixpoint, isCriterion, plateau, startCriterion } from "./criterion.ts";
import { defineNode } from "./node.ts";
import { Workflow } from "./workflow.ts";

const node = defineNode({
  name: "n",
  input: z.object({}),
  output: z.object({
    x: z.number(),
    list: z.array(z.number()),
    grid: z.array(z.array(z.number())),
    floats: z.instanceof(Float64Array),
    any: z.any(),
  }),
  run: () => null as never,
});
const { out } = new Workflow("w").addNode("n", node);

/** In which iterations, from 1, a criterion holds. */
function held(criterion: Criterion, values: readonly unknown[]): number[] {
  const test = startCriterion(criterion as Exclude<Criterion, { kind: "any" | "all" }>);
  return values.flatMap((value, i) => (test.holds(value) ? [i + 1] : []));
}

describe("C3: delta", () => {
  test.each<readonly [string, Criterion, readonly unknown[], number[]]>([
    ["holds where a number moved by less than the tolerance", delta(out.x, 0.1), [1, 1.5, 1.55, 3, 3.01], [3, 5]],
    ["not where it moved by the tolerance", delta(out.x, 1), [0, 1, 2], []],
    ["holds downwards as well", delta(out.x, 1), [5, 4.5], [2]],
    [
      "holds where every number of a list did",
      delta(out.list, 0.1),
      [
        [1, 2],
        [1.01, 2.5],
        [1.02, 2.51],
      ],
      [3],
    ],
    [
      "holds for lists of lists",
      delta(out.grid, 0.1),
      [
        [[1], [2]],
        [[1.01], [2.01]],
      ],
      [2],
    ],
    ["holds for typed arrays", delta(out.floats, 0.1), [new Float64Array([1, 2]), new Float64Array([1, 2.05])], [2]],
    ["not where lengths differ", delta(out.list, 10), [[1], [1, 1]], []],
    ["not where shapes differ", delta(out.list, 10), [[1], 1, [[1]]], []],
    ["not for NaN", delta(out.x, 1), [Number.NaN, Number.NaN, 1, 1], [4]],
    ["not for Infinity twice", delta(out.x, 1), [Infinity, Infinity], []],
    ["not for texts", delta(out.any as never, 1), ["a", "a"], []],
    ["holds for empty lists", delta(out.list, 1), [[], []], [2]],
    ["starts its patience again where it does not hold", delta(out.x, 1, { patience: 2 }), [0, 0, 5, 5, 5, 5], [5, 6]],
    ["starts again after a dead value", delta(out.x, 1, { patience: 2 }), [0, 0, undefined, 0, 0, 0], [6]],
  ])("%s", (_, criterion, values, iterations) => {
    expect(held(criterion, values)).toEqual(iterations);
  });
});

describe("C3: plateau", () => {
  test.each<readonly [string, Criterion, readonly unknown[], number[]]>([
    ["holds after three iterations without a lower value", plateau(out.x), [5, 4, 4, 4, 4, 3, 3], [5]],
    ["counts from the best value, not from the last", plateau(out.x, { patience: 2 }), [5, 1, 3, 2], [4]],
    ["holds without a higher value", plateau(out.x, { goal: "max", patience: 2 }), [1, 2, 1, 2], [4]],
    [
      "passes over gains within the tolerance",
      plateau(out.x, { tolerance: 0.5, patience: 2 }),
      [5, 4.8, 4.6, 4.4],
      [3, 4],
    ],
    ["not in the first iteration", plateau(out.x, { patience: 1 }), [5, 5], [2]],
    ["not for NaN, nor after it at once", plateau(out.x, { patience: 2 }), [5, 5, Number.NaN, 5, 5], [5]],
  ])("%s", (_, criterion, values, iterations) => {
    expect(held(criterion, values)).toEqual(iterations);
  });
});

describe("C3: fixpoint", () => {
  test.each<readonly [string, Criterion, readonly unknown[], number[]]>([
    ["holds where the value is equal in depth", fixpoint(out.any), [{ a: [1] }, { a: [1] }, { a: [2] }], [2]],
    ["tells apart what JSON does not", fixpoint(out.any), [new Date(0), "1970-01-01T00:00:00.000Z"], []],
    [
      "holds for Maps, Sets and dates",
      fixpoint(out.any),
      [new Map([["a", new Set([new Date(0)])]]), new Map([["a", new Set([new Date(0)])]])],
      [2],
    ],
    ["holds for NaN", fixpoint(out.x), [Number.NaN, Number.NaN], [2]],
    ["not for 0 and −0", fixpoint(out.x), [0, -0], []],
    ["waits for its patience", fixpoint(out.x, { patience: 3 }), [1, 1, 1, 1, 1], [4, 5]],
    ["is not held by dead values", fixpoint(out.x), [undefined, undefined, null, null], [4]],
  ])("%s", (_, criterion, values, iterations) => {
    expect(held(criterion, values)).toEqual(iterations);
  });
});

test("C3: any and all hold criteria, and nothing else is one", () => {
  const both = all(any(delta(out.x, 1), fixpoint(out.x)), plateau(out.x));
  expect(isCriterion(both)).toBe(true);
  expect([undefined, null, 5, "delta", {}, { kind: "delta" }, { kind: "any", of: [] }].filter(isCriterion)).toEqual([]);
});

test("a run of a criterion starts afresh (C7)", () => {
  const criterion = delta(out.x, 1);
  expect([held(criterion, [1]), held(criterion, [1, 1])]).toEqual([[], [2]]);
});
