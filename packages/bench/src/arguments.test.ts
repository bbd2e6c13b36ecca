import { expect, test } from "vitest";
import { readArguments } from "./arguments.ts";

const known = ["chain", "loop", "loop-heap"];

test("all rows, five processes and a table, unless asked otherwise", () => {
  expect(readArguments([], known)).toMatchObject({ only: [], processes: 5, json: false, peers: false, check: false });
  const given = readArguments(["--only", "loop", "--only", "chain", "--processes", "2", "--json", "--check"], known);
  expect(given).toMatchObject({ only: ["loop", "chain"], processes: 2, json: true, check: true });
});

test.each([
  [["--only", "chian"], /chain, loop, loop-heap; not chian/],
  [["--processes", "0"], /whole number from 1/],
  [["--processes", "two"], /whole number from 1/],
  [["--fast"], /--fast/],
])("%j is refused", (words, message) => {
  expect(() => readArguments(words, known)).toThrow(message);
  expect(() => readArguments(words, known)).toThrow(TypeError);
});
