import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publicPackages } from "./public-packages.ts";

/** The oldest Node that the packages promise to run on, and the newest of the lines after it. */
const NODE_VERSIONS = ["22.18.0", "24", "26"];
const COMPANIONS = ["zod@4.6.7", "@opentelemetry/api@1.10.0", "@types/node@24.19.2"];

/** A node, and a program that runs it on a worker thread, as somebody who installed the packages would write them (D5). */
const NODES = `import { defineNode } from "@polyloom/core";
import { threadId } from "node:worker_threads";
import { z } from "zod";
export const where = defineNode({
  name: "where",
  input: z.object({}),
  output: z.object({ threadId: z.int() }),
  run: () => ({ threadId }),
});
`;
const PROGRAM = `import { Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { where } from "./nodes.js";
const flow = new Workflow("packed");
const node = flow.addNode("where", where, {});
const runtime = new ParallelRuntime({ maxWorkers: 1 });
const { threadId } = (await runtime.execute(flow)).get(node);
if (threadId === 0) throw new Error("the node ran on the main thread");
await runtime.close();
console.log("a node ran on thread", threadId);
`;

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = publicPackages();
const entries = packages.flatMap(({ manifest }) =>
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [manifest.name + path.slice(1)],
  ),
);
/** Entry points named after an optional peer that the bare project lacks, such as `…/vitest`. */
const waiting = entries.filter((entry) => {
  const peers = packages.flatMap(({ manifest }) => Object.keys(manifest.peerDependenciesMeta ?? {}));
  return peers.some((peer) => entry.endsWith(`/${peer}`) && !COMPANIONS.some((spec) => spec.startsWith(`${peer}@`)));
});
const reachable = entries.filter((entry) => !waiting.includes(entry));

const work = mkdtempSync(join(tmpdir(), "polyloom-packed-"));
try {
  installTarballs();
  checkTypes();
  for (const version of NODE_VERSIONS) probe(version);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Packs every public package and installs the tarballs, with zod beside them, in a project that has nothing else. */
function installTarballs(): void {
  const workspaces = packages.flatMap(({ manifest }) => ["--workspace", manifest.name]);
  npm(["pack", "--pack-destination", work, ...workspaces], root);
  const tarballs = readdirSync(work).map((file) => `./${file}`);
  writeFileSync(join(work, "package.json"), JSON.stringify({ name: "bare", private: true, type: "module" }));
  const imports = reachable.map((entry) => `await import("${entry}");\n`).join("");
  const summary = `${reachable.length} entry points imported${waiting.map((entry) => `, ${entry} left out`).join("")}`;
  writeFileSync(join(work, "probe.js"), `${imports}console.log(\`Node \${process.version}: ${summary}\`);\n`);
  writeFileSync(join(work, "nodes.js"), NODES);
  writeFileSync(join(work, "threads.js"), PROGRAM);
  npm(["install", ...tarballs, ...COMPANIONS], work);
}

/** Compiles a re-export of every entry point, the packages' own declarations included, as a strict project would. */
function checkTypes(): void {
  writeFileSync(
    join(work, "types.ts"),
    reachable.map((entry, at) => `export type * as m${at} from "${entry}";\n`).join(""),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--types", "node", "--module", "nodenext", "--target", "es2024"];
  execFileSync(process.execPath, [compiler, ...options, "types.ts"], { cwd: work, stdio: "inherit" });
  console.log(`TypeScript: the declarations of ${reachable.length} entry points compile`);
}

/** Imports every entry point on one Node, taken from the registry as a platform package. */
function probe(version: string): void {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const home = join(work, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), "{}");
  try {
    npm(["install", "--ignore-scripts", `${name}@${version}`], home);
  } catch (error) {
    if (!/E404|ETARGET|EBADPLATFORM/.test(String((error as { stderr?: unknown }).stderr))) throw error;
    console.log(`Node ${version}: not tried, the registry has no ${name}@${version}`);
    return;
  }
  const binary = join(home, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  for (const program of ["probe.js", "threads.js"]) execFileSync(binary, [program], { cwd: work, stdio: "inherit" });
}

function npm(args: string[], cwd: string): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
}
