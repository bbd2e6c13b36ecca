import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { snippet, sync, syncPages } from "./snippets.ts";

const SOURCE =
  "import x;\n// #region a\n  if (x) {\n\n    // #region b\n    go();\n    // #endregion b\n  }\n// #endregion a\n";
const files: Record<string, string> = { "x.ts": SOURCE, "out.txt": "one\ntwo\n" };
const read = (path: string): string => {
  if (files[path] === undefined) throw new Error(`no file ${path}`);
  return files[path];
};

test("every block of the documentation shows what the tests run", () => {
  expect(syncPages(fileURLToPath(new URL("..", import.meta.url)), false)).toEqual([]);
});

test("a region is dedented and loses the marks of regions within", () => {
  expect(snippet(SOURCE, "a")).toEqual(["if (x) {", "", "  go();", "}"]);
  expect(snippet(SOURCE, "b")).toEqual(["go();"]);
  expect(snippet(SOURCE, undefined)[0]).toBe("import x;");
});

test("a block that differs is reported at its marker, and mended in the text", () => {
  const page = "# T\n\n<!-- snippet: x.ts#b -->\n```ts\nstop();\n```\n\nend\n";
  const { text, drifts } = sync(page, read);
  expect(drifts).toEqual([{ line: 3, problem: "differs from x.ts#b" }]);
  expect(text).toBe("# T\n\n<!-- snippet: x.ts#b -->\n```ts\ngo();\n```\n\nend\n");
  expect(sync(text, read)).toEqual({ text, drifts: [] });
});

test("a marker alone receives its block, in its own indentation", () => {
  const { text } = sync("- item\n\n  <!-- snippet: out.txt -->\n\nend", read);
  expect(text).toBe("- item\n\n  <!-- snippet: out.txt -->\n  ```txt\n  one\n  two\n  ```\n\nend");
});

test("code without a marker, a missing file and a missing region are reported", () => {
  const page =
    "```ts\n<!-- snippet: x.ts#b -->\n```\n```sh\nls\n```\n<!-- snippet: y.ts -->\n<!-- snippet: x.ts#c -->\n";
  expect(sync(page, read).drifts).toEqual([
    { line: 1, problem: "a ts block without a snippet marker" },
    { line: 7, problem: "no file y.ts" },
    { line: 8, problem: "no region c" },
  ]);
  expect(sync(page, read).text).toBe(page);
});
