import { expect, test } from "vitest";
import { formatDuration } from "./duration.ts";

test.each([
  [0, "0 µs"],
  [0.0404, "40 µs"],
  [0.9994, "999 µs"],
  [0.9996, "1.0 ms"],
  [9.94, "9.9 ms"],
  [9.96, "10 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [Number.NaN, "?"],
  [-1, "?"],
  [Infinity, "?"],
])("%d ms reads %j", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
