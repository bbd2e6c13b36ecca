import { describe, expect, test } from "vitest";
import { columnsOf, painter, plainText, shortened } from "./terminal-text.ts";
import { textTable } from "./text-table.ts";

describe("columnsOf", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["世界", 4],
    ["🎉", 2],
    ["👩‍👩‍👧", 2],
  ])("%j takes %d columns", (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe("shortened", () => {
  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 4, "abc…"],
    ["世界世界", 4, "世…"],
    ["世界世界", 5, "世界…"],
  ])("%j to %d columns is %j", (text, columns, short) => {
    expect(shortened(text, columns)).toBe(short);
    expect(columnsOf(short)).toBeLessThanOrEqual(columns);
  });
});

test("plainText takes out what steers a terminal or turns the reading direction", () => {
  expect(plainText("a\u001b[31m\u0007b\r\n\u009bc\u202ed\u2028e")).toBe("a [31m b c d e");
});

test("textTable aligns columns whatever their colours and scripts", () => {
  const columns = [{ head: "id" }, { head: "n", align: "right" }] as const;
  const rows = [
    [{ text: "世界", style: "red" }, { text: "1" }] as const,
    [{ text: "a" }, { text: "10", style: "dim" }] as const,
  ];
  expect(textTable(columns, rows, painter(false))).toEqual(["id     n", "世界   1", "a     10"]);
  expect(textTable(columns, rows, painter(true))[1]).toBe("\u001b[31m世界\u001b[0m   1");
});
