import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPlace, parsePlace } from "./place.ts";

test.each([
  ["a.b", "a", ["b"]],
  ["page.meta.size", "page", ["meta", "size"]],
  ["page.links[0]", "page", ["links", 0]],
  ["page.links[-1].href", "page", ["links", -1, "href"]],
  ["page.grid[1][2]", "page", ["grid", 1, 2]],
  ["a.__proto__", "a", ["__proto__"]],
  ["ä b.c-d", "ä b", ["c-d"]],
])("%s is a place", (text, node, path) => {
  expect(parsePlace(text)).toEqual({ node, path });
});

test.each([
  "",
  "a",
  "a.",
  ".b",
  "a..b",
  "a.b.",
  "a.[0]",
  "a.b[",
  "a.b]",
  "a.b[x]",
  "a.b[0]c",
  "a.b[0.5]",
  "a.b[]",
  "a.b[[0]]",
])("%j is no place", (text) => {
  expect(() => parsePlace(text)).toThrow(expect.objectContaining({ code: "unknown_port" }));
});

describe("any place", () => {
  const name = fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "ä", "_", "-", " ", "$", "1") });
  const path = fc.tuple(name, fc.array(fc.oneof(name, fc.integer({ min: -99, max: 99 })), { maxLength: 5 }));

  test("is read as it was written", () => {
    fc.assert(
      fc.property(name, path, (node, [port, rest]) => {
        expect(parsePlace(formatPlace(node, [port, ...rest]))).toEqual({ node, path: [port, ...rest] });
      }),
    );
  });
});
