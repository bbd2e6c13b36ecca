import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peerFolder } from "./peers/peer-module.ts";

type Packages = readonly (readonly [name: string, version: string])[];

/** Installs packages into a peer's own folder, unless they are there; gives what npm said where it failed. */
export function installPeer(peer: string, packages: Packages): string | undefined {
  const folder = peerFolder(peer);
  if (packages.every(([name, version]) => installedVersion(folder, name) === version)) return undefined;
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, type: "module", dependencies: Object.fromEntries(packages) };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  return npmInstall(folder);
}

function npmInstall(folder: string): string | undefined {
  const { status, stderr, error } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env: withoutWorkspace(process.env),
    shell: process.platform === "win32",
  });
  if (status === 0) return undefined;
  const lines = String(stderr ?? "")
    .split("\n")
    .filter((line) => line.startsWith("npm error"));
  return `not installed: ${lines[1] ?? lines[0] ?? error?.message ?? "npm failed"}`;
}

/** `npm run --workspace` tells npm by the environment where it is; here it would install into the wrong place. */
function withoutWorkspace(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(env).filter((name) => !/^npm_config_(?:workspaces?|(?:local_)?prefix)$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

function installedVersion(folder: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}
