import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { PolyloomError } from "@polyloom/wire";

import type { ArchiveEntry } from "../image/archive.ts";
import { nearestWith } from "./project-root.ts";

/** A package and the version that is asked for, which may be a range. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

/** Packages as they were named; one without a version takes that of the nearest lock file, else the newest. */
export function npmPackages(specs: readonly string[], file: string): NpmPackage[] {
  if (specs.length === 0) return [];
  const locked = lockedVersions(file);
  return specs.map((spec) => {
    const at = spec.indexOf("@", 1);
    const name = at < 0 ? spec : spec.slice(0, at);
    return { name, version: at < 0 ? (locked(name) ?? "latest") : spec.slice(at + 1) };
  });
}

/** The manifest from which npm installs packages, here or in an image. */
export function npmManifest(packages: readonly NpmPackage[]): string {
  const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  return `${JSON.stringify({ private: true, dependencies }, undefined, 2)}\n`;
}

/** What `npm install` is given, in an image and here; no package's own scripts run here. */
export const NPM_INSTALL: readonly string[] = ["install", "--omit=dev", "--no-audit", "--no-fund", "--no-package-lock"];

/** Installs packages on this host for Linux images of an architecture; `use` gets their files while they are there. */
export async function installOnHost<T>(
  packages: readonly NpmPackage[],
  cpu: string,
  use: (entries: readonly ArchiveEntry[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "polyloom-npm-"));
  try {
    await writeFile(join(folder, "package.json"), npmManifest(packages));
    await npm(
      [...NPM_INSTALL, "--loglevel=error", "--ignore-scripts", "--os=linux", `--cpu=${cpu}`, "--libc=glibc"],
      folder,
    );
    return await use(await entriesBelow(folder, "node_modules"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lockedVersions(file: string): (name: string) => string | undefined {
  const folder = nearestWith("package-lock.json", dirname(file));
  if (folder === undefined) return () => undefined;
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as Lock;
  return (name) => lock.packages?.[`node_modules/${name}`]?.version;
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  try {
    await promisify(execFile)(command, args, { cwd, env: ownEnvironment(), shell: process.platform === "win32" });
  } catch (cause) {
    const { stderr = "", message } = cause as { stderr?: string; message: string };
    const text = `npm could not install the packages: ${stderr.trim() || message}`;
    throw new PolyloomError("image_build_failed", text, { cause, details: { output: stderr } });
  }
}

// Where this program itself was started by npm, that one says by the environment where it is.
function ownEnvironment(): NodeJS.ProcessEnv {
  const led =
    /^(?:npm_config_(?:workspaces?|(?:local_|global_)?prefix|global)|npm_(?:package|lifecycle)_.*|NODE_ENV|INIT_CWD)$/i;
  const names = Object.keys(process.env).filter((name) => !led.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function entriesBelow(root: string, path: string): Promise<ArchiveEntry[]> {
  const children = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
  const nested = children.map(async (child): Promise<ArchiveEntry[]> => {
    const childPath = `${path}/${child.name}`;
    if (child.isDirectory()) return await entriesBelow(root, childPath);
    // Links are commands of packages, and nothing that a function imports.
    if (!child.isFile()) return [];
    const { size, mode } = await stat(join(root, childPath));
    const executable = (mode & 0o111) !== 0;
    return [{ kind: "file", path: childPath, mode: executable ? 0o755 : 0o644, source: join(root, childPath), size }];
  });
  return (await Promise.all(nested)).flat();
}
