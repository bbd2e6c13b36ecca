import { expect, test } from "vitest";
import { didYouMean, listNames } from "./nearest.ts";

test.each([
  ["vlaue", ["value", "delta"], "value"],
  ["Value", ["value"], "value"],
  ["sorce", ["sink", "source"], "source"],
  ["x", ["y", "xx"], "y"],
  ["orders", ["readOrders", "order"], "order"],
])("G2: %s is answered with the nearest of %j", (name, known, nearest) => {
  expect(didYouMean(name, known)).toBe(`did you mean "${nearest}"?`);
});

test.each([
  ["value", []],
  ["value", ["completelyDifferent"]],
  ["", ["value"]],
  ["x".repeat(200), ["x".repeat(199)]],
])("%s has no near name among %j", (name, known) => {
  expect(didYouMean(name, known)).toBe("");
});

test("a list of names ends after eight", () => {
  expect(listNames([])).toBe("none");
  expect(listNames(["a", "b"])).toBe("a, b");
  expect(listNames("abcdefghij")).toBe("a, b, c, d, e, f, g, h and 2 more");
});
