import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publicPackages } from "./public-packages.ts";

/** The oldest Node that the packages promise to run on, and the newest of the lines after it. */
const NODE_VERSIONS = ["22.18.0", "24", "26"];
const COMPANIONS = ["zod@4.6.7", "@opentelemetry/api@1.10.0"];

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = publicPackages();
const entries = packages.flatMap(({ manifest }) =>
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [manifest.name + path.slice(1)],
  ),
);
/** The optional peers left out of the bare project: an entry point may ask for one of these, and for nothing else. */
const absentPeers = packages
  .flatMap(({ manifest }) => Object.keys(manifest.peerDependenciesMeta ?? {}))
  .filter((peer) => !COMPANIONS.some((companion) => companion.startsWith(`${peer}@`)));

const PROBE = `
const absent = ${JSON.stringify(absentPeers)};
const waiting = [];
for (const entry of ${JSON.stringify(entries)}) {
  try {
    await import(entry);
  } catch (error) {
    const peer = absent.find((name) => error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes(\`'\${name}'\`));
    if (peer === undefined) throw error;
    waiting.push(\`\${entry} waits for \${peer}\`);
  }
}
console.log(\`Node \${process.version}: ${entries.length} entry points imported\${waiting.map((text) => \`, \${text}\`).join("")}\`);
`;

const work = mkdtempSync(join(tmpdir(), "polyloom-packed-"));
try {
  installTarballs();
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
  writeFileSync(join(work, "probe.js"), PROBE);
  npm(["install", ...tarballs, ...COMPANIONS], work);
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
  execFileSync(binary, ["probe.js"], { cwd: work, stdio: "inherit" });
}

function npm(args: string[], cwd: string): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
}
