import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProjectCode } from "./project-code.ts";

let root: string;
let copies: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "project-")));
  copies = mkdtempSync(join(tmpdir(), "copies-"));
});

afterEach(() => {
  for (const folder of [root, copies]) rmSync(folder, { recursive: true });
});

/** Writes a project; texts by path. */
function project(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o600 });
  }
}

function url(path: string): string {
  return pathToFileURL(join(root, path)).href;
}

function copied(): string[] {
  const entries = readdirSync(join(copies, root), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(copies.length + root.length + 1)).sort();
}

test("what modules import is copied, and nothing else of the project", async () => {
  project({
    "package.json": `{ "type": "module" }`,
    ".env": "SECRET=1",
    "src/nodes.ts": `import "./helper.ts"; import data from "./data.json" with { type: "json" }; import type { T } from "./only-types.ts"; export { data }; export type { T };`,
    "src/helper.ts": `import { unused } from "./unused.ts"; await import("./later.ts");`,
    "src/unused.ts": "export const unused = 1;",
    "src/later.ts": "",
    "src/data.json": "{}",
    "src/only-types.ts": "export type T = 1;",
    "src/other.ts": "",
  });
  const code = new ProjectCode(copies, []);
  await code.add([url("src/nodes.ts")]);
  const expected = ["package.json", "src/data.json", "src/helper.ts", "src/later.ts", "src/nodes.ts", "src/unused.ts"];
  expect(copied()).toEqual(expected);
  expect(code.mounts()).toEqual([{ source: join(copies, root), target: root }]);
});

test("copies can be read by everybody, whoever owns the project", async () => {
  project({ "package.json": "{}", "src/nodes.ts": "" });
  await new ProjectCode(copies, []).add([url("src/nodes.ts")]);
  expect(statSync(join(copies, root, "src/nodes.ts")).mode & 0o777).toBe(0o644);
  expect(statSync(join(copies, root, "src")).mode & 0o777).toBe(0o755);
});

test("packages are mounted as they are, by the folder that holds them, below a folder that is there", async () => {
  project({
    "package.json": "{}",
    "nodes.ts": `import "library";`,
    "node_modules/library/package.json": `{ "name": "library", "main": "index.js" }`,
    "node_modules/library/index.js": `require("./secret.js");`,
  });
  const code = new ProjectCode(copies, []);
  await code.add([url("nodes.ts")]);
  expect(copied()).toEqual(["nodes.ts", "package.json"]);
  const packages = join(root, "node_modules");
  expect(code.mounts()).toContainEqual({ source: packages, target: packages });
  expect(statSync(join(copies, packages)).isDirectory()).toBe(true);
});

test("a package of the same workspace is followed to its files, by the conditions of this process", async () => {
  project({
    "package.json": "{}",
    "app/package.json": "{}",
    "app/nodes.ts": `import "library";`,
    "library/package.json": `{ "name": "library", "exports": { ".": { "mine": "./source.ts", "default": "./built.js" } } }`,
    "library/source.ts": "",
    "library/built.js": "",
  });
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(root, "library"), join(root, "node_modules/library"));
  const code = new ProjectCode(copies, ["-C", "mine"]);
  await code.add([url("app/nodes.ts")]);
  expect(copied()).toEqual(["app/nodes.ts", "app/package.json", "library/package.json", "library/source.ts"]);
  expect(code.mounts().map(({ target }) => target)).toEqual([
    join(root, "app"),
    join(root, "library"),
    join(root, "node_modules"),
  ]);
});

test("what cannot be found or parsed is left to whoever imports it", async () => {
  project({
    "package.json": "{}",
    "nodes.ts": `import "./missing.ts"; import "./broken.ts"; import "no-such";`,
    "broken.ts": "((",
  });
  await new ProjectCode(copies, []).add([url("nodes.ts"), url("absent.ts"), "data:text/javascript,1"]);
  expect(copied()).toEqual(["broken.ts", "nodes.ts", "package.json"]);
});

test("files and folders that are named come along", async () => {
  project({ "package.json": "{}", "nodes.ts": "", "data/a.csv": "a", "data/deep/b.csv": "b", "one.txt": "1" });
  const code = new ProjectCode(copies, []);
  await code.add([url("nodes.ts")], [join(root, "data"), join(root, "one.txt")]);
  expect(copied()).toEqual(["data/a.csv", "data/deep/b.csv", "nodes.ts", "one.txt", "package.json"]);
});

test("a file is copied once: a container sees it as it was at first", async () => {
  project({ "package.json": "{}", "nodes.ts": "1" });
  const code = new ProjectCode(copies, []);
  await code.add([url("nodes.ts")]);
  writeFileSync(join(root, "nodes.ts"), "2");
  await code.add([url("nodes.ts")]);
  expect(readFileSync(join(copies, root, "nodes.ts"), "utf8")).toBe("1");
});
