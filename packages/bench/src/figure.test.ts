import { expect, test } from "vitest";
import { failedFigure, figureOf, misses } from "./figure.ts";
import type { Row, Target } from "./row.ts";

const row = (target: Target): Row => ({ name: "chain", title: "a chain", unit: "ns/node", target });
const samples = (...pairs: [ours: number, floor?: number][]) =>
  pairs.map(([ours, floor]) => ({ row: "chain", ours, ...(floor === undefined ? {} : { floor }) }));

test("a ratio is the median over processes, not the ratio of medians", () => {
  const figure = figureOf(row({ kind: "ratio", most: 3 }), samples([100, 20], [100, 50], [400, 100]));
  expect(figure.ratio).toEqual({ median: 4, least: 2, largest: 5 });
  expect(figure).toMatchObject({ ours: 100, floor: 50, verdict: "missed", processes: 3 });
});

test("a ratio that is exactly the limit meets it", () => {
  expect(figureOf(row({ kind: "ratio", most: 3 }), samples([300, 100])).verdict).toBe("met");
});

test("an excess is judged by what lies above the floor", () => {
  const figure = figureOf(row({ kind: "excess", most: 1 }), samples([5, 4.5], [9, 2], [5.5, 4.6]));
  expect(figure.judged!.median).toBeCloseTo(0.9);
  expect(figure.verdict).toBe("met");
});

test("a value is judged by itself, and needs no floor", () => {
  expect(figureOf(row({ kind: "value", most: 5 }), samples([5.1])).verdict).toBe("missed");
  expect(figureOf(row({ kind: "value", most: 5 }), samples([4.9])).floor).toBeUndefined();
});

test("a floor of nothing gives no ratio", () => {
  expect(figureOf(row({ kind: "value", most: 5 }), samples([1, 0])).ratio).toBeUndefined();
});

test("samples of other rows are left alone", () => {
  const figure = figureOf(row({ kind: "reported" }), [{ row: "loop", ours: 1 }, ...samples([2])]);
  expect(figure).toMatchObject({ ours: 2, verdict: "reported", processes: 1 });
});

test("a row without a figure has failed, and counts as missed where it has a target", () => {
  expect(figureOf(row({ kind: "value", most: 5 }), [])).toMatchObject({
    verdict: "failed",
    error: "it gave no figure",
  });
  expect(misses(failedFigure(row({ kind: "value", most: 5 }), "it broke"))).toBe(true);
  expect(misses(failedFigure(row({ kind: "reported" }), "it broke"))).toBe(false);
});
