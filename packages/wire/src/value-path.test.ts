import { expect, test } from "vitest";

import { formatPath, type PathKey } from "./value-path.ts";

test.each<[string, PathKey[], string]>([
  ["rows", [3, "fn"], "rows[3].fn"],
  ["", ["a", "b"], "a.b"],
  ["", [0], "[0]"],
  ["x", [], "x"],
  ["x", ["odd key", ""], 'x["odd key"][""]'],
  ["x", ["3"], 'x["3"]'],
  ["x", ["größe", "$a_1"], "x.größe.$a_1"],
  ["x", [{ call: 'get("k")' }, "v"], 'x.get("k").v'],
  ["", [{ call: "values()" }, 2], "values()[2]"],
  ["x", ['"]; drop'], 'x["\\"]; drop"]'],
])("formatPath(%j, %j) is %s", (root, keys, expected) => {
  expect(formatPath(root, keys)).toBe(expected);
});

test("a long path keeps its ends", () => {
  const path = formatPath("list", [...Array(1000).fill("next"), "fn"] as string[]);
  expect(path).toMatch(/^list\.next\.next.*…\(977 more\)…\.next.*\.fn$/);
  expect(path.length).toBeLessThan(200);
});

test("a long key is cut", () => {
  expect(formatPath("x", ["odd ".repeat(1000)]).length).toBeLessThan(100);
});
