import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { afterAll, expect, test } from "vitest";

import type { CallerReference } from "./node-reference.ts";

// What a stack looks like depends on who loads a module, so this asks Node itself.
const run = promisify(execFile);
const root = realpathSync(mkdtempSync(join(tmpdir(), "polyloom-wire-")));
const wire = new URL("./index.ts", import.meta.url).href;

afterAll(() => rmSync(root, { recursive: true, force: true }));

const LIBRARY = `
  import { callerReference, registerNode } from ${JSON.stringify(wire)};
  export function defineNode(name) {
    const reference = { ...callerReference(defineNode), name };
    registerNode(reference, { reference });
    return reference;
  }`;

const FILES: Record<string, string> = {
  "lib.mjs": LIBRARY,
  "node_modules/factory/package.json": `{ "type": "module", "exports": "./index.js" }`,
  "node_modules/factory/index.js": `
    import { defineNode } from "../../lib.mjs";
    export const make = (name) => defineNode(name);
    export const makeLater = async (name) => { await null; return defineNode(name); };
    export const own = defineNode("own");`,
  "local.mjs": `
    import { defineNode } from "./lib.mjs";
    export const makeHere = (name) => defineNode(name);`,
  "nodes.mjs": `
    import { defineNode } from "./lib.mjs";
    import { make, makeLater, own } from "factory";
    import { makeHere } from "./local.mjs";
    export const nodes = {
      direct: defineNode("direct"),
      byLibrary: make("byLibrary"),
      byFile: makeHere("byFile"),
      inMap: ["inMap"].map(defineNode)[0],
      inClass: new (class { node = make("inClass") })().node,
      awaited: await makeLater("awaited"),
    };
    export const library = own;`,
  "nodes.cjs": `
    const { defineNode } = require("./lib.mjs");
    exports.nodes = { required: defineNode("required") };
    exports.inner = require("./inner.cjs");`,
  "inner.cjs": `
    const { defineNode } = require("./lib.mjs");
    module.exports = defineNode("inner");`,
  "main.mjs": `
    import { isCollecting } from ${JSON.stringify(wire)};
    import "./nodes.mjs";
    globalThis.seen = [isCollecting()];
    async function main() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      globalThis.seen.push(isCollecting());
    }
    main();`,
};

for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const url = (file: string): string => pathToFileURL(join(root, file)).href;

async function evaluate(code: string): Promise<unknown> {
  const script = `${code}\nconsole.log(JSON.stringify(result));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { cwd: root });
  return JSON.parse(stdout);
}

test("a node belongs to the module whose evaluation creates it", async () => {
  const code = `
    const { nodes, library } = await import("${url("nodes.mjs")}?t=1");
    const result = { nodes, library };`;
  const { nodes, library } = (await evaluate(code)) as {
    nodes: Record<string, CallerReference>;
    library: CallerReference;
  };
  for (const node of Object.values(nodes)) expect(node.module).toBe(url("nodes.mjs"));
  expect(Object.values(nodes).map((node) => node.line)).toEqual([6, 7, 8, 9, 10, 11]);
  expect(library.module).toBe(url("node_modules/factory/index.js"));
});

test("CommonJS modules are told apart from those that require them", async () => {
  const code = `
    const { default: { nodes, inner } } = await import("${url("nodes.cjs")}");
    const result = { outer: nodes.required.module, inner: inner.module };`;
  const expected = { outer: url("nodes.cjs"), inner: url("inner.cjs") };
  expect(await evaluate(code)).toEqual(expected);
});

test("code that is in no file has no reference", async () => {
  const code = `globalThis.callerReference = require(${JSON.stringify(fileURLToPath(wire))}).callerReference;
    console.log(String((function define() { return callerReference(define); })()));`;
  const { stdout } = await run(process.execPath, ["--eval", code]);
  expect(stdout).toBe("undefined\n");
});

test("another process finds the nodes of several modules at once", async () => {
  const code = `
    const { collectNodes, isCollecting } = await import(${JSON.stringify(wire)});
    const modules = ["${url("nodes.mjs")}", "${url("main.mjs")}", "${url("node_modules/factory/index.js")}"];
    const all = await Promise.all(modules.map((module) => collectNodes(module)));
    while ((globalThis.seen ?? []).length < 2) await new Promise((resolve) => setImmediate(resolve));
    const result = {
      names: all.map(({ names }) => names),
      seen: [...globalThis.seen, isCollecting()],
    };`;
  const names = ["direct", "byLibrary", "byFile", "inMap", "inClass", "awaited"];
  expect(await evaluate(code)).toEqual({
    names: [names, [], ["own"]],
    seen: [true, true, false],
  });
});
