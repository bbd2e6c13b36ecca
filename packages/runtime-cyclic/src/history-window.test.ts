import { estimateBytes } from "@polyloom/wire";
import { describe, expect, test } from "vitest";
import { HistoryWindow, type IterationRecord } from "./history-window.ts";

const record = (iteration: number, text = ""): IterationRecord => ({
  iteration,
  values: { step: { text } },
  elapsedMs: iteration,
});
const numbers = (window: HistoryWindow): number[] => window.records.map(({ iteration }) => iteration);

function filled(size: { iterations?: number; bytes?: number }, count: number, text = ""): HistoryWindow {
  const window = new HistoryWindow({ iterations: Infinity, bytes: Infinity, ...size });
  for (let i = 1; i <= count; i++) window.add(record(i, text), false);
  return window;
}

describe("C9: a window by number", () => {
  test.each([
    [1, 5, [5]],
    [3, 2, [1, 2]],
    [3, 3, [1, 2, 3]],
    [3, 100, [98, 99, 100]],
  ])("of %i after %i iterations", (iterations, count, kept) =>
    expect(numbers(filled({ iterations }, count))).toEqual(kept),
  );

  test("lets go of what it drops", () => {
    const window = filled({ iterations: 2 }, 10_000, "x");
    expect(numbers(window)).toEqual([9999, 10_000]);
    expect(window.bytes).toBe(0);
  });
});

describe("C9: a window by bytes", () => {
  const one = estimateBytes(record(1, "x".repeat(100)).values);

  test("keeps the newest that fit, to the byte", () => {
    expect(numbers(filled({ bytes: 3 * one }, 10, "x".repeat(100)))).toEqual([8, 9, 10]);
    expect(numbers(filled({ bytes: 3 * one - 1 }, 10, "x".repeat(100)))).toEqual([9, 10]);
  });

  test("knows its size, and stays below its limit after each iteration", () => {
    const window = new HistoryWindow({ iterations: Infinity, bytes: 1000 });
    for (let i = 1; i <= 200; i++) {
      window.add(record(i, "x".repeat((i * 37) % 400)), false);
      const actual = window.records.reduce((sum, { values }) => sum + estimateBytes(values), 0);
      expect(window.bytes).toBe(actual);
      expect(actual).toBeLessThanOrEqual(1000);
    }
  });

  test("keeps nothing where one iteration alone is larger", () => {
    const window = filled({ bytes: 10 }, 5, "x".repeat(100));
    expect([window.isEmpty, numbers(window), window.bytes]).toEqual([true, [], 0]);
    window.add(record(6), false);
    expect(window.isEmpty).toBe(estimateBytes(record(6).values) > 10);
  });

  test("beside a number: both hold", () => {
    expect(numbers(filled({ bytes: 3 * one, iterations: 2 }, 10, "x".repeat(100)))).toEqual([9, 10]);
    expect(numbers(filled({ bytes: one, iterations: 2 }, 10, "x".repeat(100)))).toEqual([10]);
  });
});

test("bytes are counted without a window of bytes where they are asked for", () => {
  const window = new HistoryWindow({ iterations: 2, bytes: Infinity });
  for (let i = 1; i <= 3; i++) window.add(record(i, "abc"), true);
  expect(window.bytes).toBe(2 * estimateBytes(record(1, "abc").values));
});
