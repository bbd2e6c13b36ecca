import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, transform } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const PACKAGE = join(HERE, "../..");
const ROOT = join(PACKAGE, "../..");
const SOURCE = "--conditions=polyloom-source";
/** Two workers' worth of WebAssembly that strips types can crash V8 where code pages have protection keys. */
const FLAGS = [SOURCE, "--no-memory-protection-keys"];

// Inside the package, so that its neighbours are found.
let folder: string;
beforeAll(async () => {
  await mkdir(join(PACKAGE, ".cache"), { recursive: true });
  folder = await mkdtemp(join(PACKAGE, ".cache/found-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a program prints that reports, in a process of its own. */
async function reportOf(file: string, ...flags: string[]): Promise<string> {
  return (await run(process.execPath, [...FLAGS, ...flags, file, "--report"], { cwd: PACKAGE })).stdout;
}

test("D5 · from TypeScript as it stands", async () => {
  expect(await reportOf(join(HERE, "program.fixture.ts"))).toBe("15 true");
}, 60_000);

test("D5 · compiled, as in dist", async () => {
  for (const name of ["nodes.fixture", "program.fixture"]) {
    const { code } = await transform(await readFile(join(HERE, `${name}.ts`), "utf8"), { loader: "ts", format: "esm" });
    await writeFile(join(folder, `${name}.js`), code.replaceAll('.fixture.ts"', '.fixture.js"'));
  }
  expect(await reportOf(join(folder, "program.fixture.js"))).toBe("15 true");
}, 60_000);

test("D5 · with tsx, which takes what Node refuses", async () => {
  await cp(join(HERE, "program.fixture.ts"), join(folder, "program.fixture.ts"));
  const text = await readFile(join(HERE, "nodes.fixture.ts"), "utf8");
  const odd = `enum By { Ten = 10 }\n${text.replace('"addTen", 10', '"addTen", By.Ten')}`;
  await writeFile(join(folder, "nodes.fixture.ts"), odd);
  const file = join(folder, "program.fixture.ts");
  expect(await reportOf(file, "--import", "tsx")).toBe("15 true");
  await expect(reportOf(file)).rejects.toThrow("ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX");
}, 60_000);

test.each([
  ["an ESM bundle", { format: "esm", outfile: "bundle.mjs" }],
  ["a minified ESM bundle", { format: "esm", outfile: "minified.mjs", minify: true }],
  ["a CommonJS bundle", { format: "cjs", outfile: "bundle.cjs" }],
] as const)(
  "D5 · %s of esbuild",
  async (_name, { outfile, ...options }) => {
    const file = join(folder, outfile);
    const entryPoints = [join(HERE, "program.fixture.ts")];
    await build({ entryPoints, outfile: file, bundle: true, platform: "node", packages: "external", ...options });
    expect(await reportOf(file)).toBe("15 true");
  },
  60_000,
);

test("D5 · CommonJS as it stands", async () => {
  const nodes = `
    const { defineNode } = require("@polyloom/core");
    const { threadId } = require("node:worker_threads");
    const { z } = require("zod");
    const output = z.object({ thread: z.number() });
    exports.where = defineNode({ name: "where", input: z.object({}), output, run: () => ({ thread: threadId }) });`;
  const main = `
    const { Workflow } = require("@polyloom/core");
    const { ParallelRuntime } = require("@polyloom/runtime-parallel");
    const flow = new Workflow("commonjs");
    const where = flow.addNode("where", require("./nodes.cjs").where, {});
    const runtime = new ParallelRuntime({ maxWorkers: 1 });
    runtime.execute(flow).then((result) => {
      console.log(result.get(where).thread > 0);
      return runtime.close();
    });`;
  await writeFile(join(folder, "nodes.cjs"), nodes);
  await writeFile(join(folder, "main.cjs"), main);
  expect(await reportOf(join(folder, "main.cjs"))).toBe("true\n");
}, 60_000);

test("D5 · a program that runs its workflow where it defines its nodes is told what to do, and does not run twice", async () => {
  const main = `
    import { defineNode, Workflow } from "@polyloom/core";
    import { ParallelRuntime } from "@polyloom/runtime-parallel";
    import { z } from "zod";
    const empty = z.object({});
    const node = defineNode({ name: "node", input: empty, output: empty, run: () => ({}) });
    const flow = new Workflow("unguarded");
    flow.addNode("node", node, {});
    console.log("runs");
    await new ParallelRuntime({ maxWorkers: 1 }).execute(flow);`;
  await writeFile(join(folder, "unguarded.mjs"), main);
  const failed = (await reportOf(join(folder, "unguarded.mjs")).catch((error: unknown) => error)) as { stderr: string };
  expect(failed.stderr).toContain("node_not_portable");
  expect(failed.stderr).toContain("run it only from the main script");
}, 60_000);

test.each(["forks", "threads", "vmThreads"])(
  "D5 · under vitest with %s",
  async (pool) => {
    const config = join(folder, `${pool}.config.mjs`);
    const settings = {
      root: HERE,
      resolve: { conditions: ["polyloom-source"] },
      ssr: { resolve: { conditions: ["polyloom-source", "node", "import", "module", "default"] } },
      test: { include: ["pool.fixture.ts"], pool, maxWorkers: 1, execArgv: [SOURCE], testTimeout: 30_000 },
    };
    await writeFile(config, `export default ${JSON.stringify(settings)};`);
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const { stdout } = await run(process.execPath, [...FLAGS, vitest, "run", "--config", config], { cwd: HERE });
    expect(stdout).toMatch(/Tests .*1 passed/);
  },
  60_000,
);
