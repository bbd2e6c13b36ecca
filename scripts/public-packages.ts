import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the checks of published packages read of a package.json. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  exports: Record<string, string | Record<string, string>>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** A published package: its absolute folder and its manifest. */
export interface PublicPackage {
  folder: string;
  manifest: Manifest;
}

/** Every package under `packages/` that is not private. */
export function publicPackages(): PublicPackage[] {
  const parent = fileURLToPath(new URL("../packages/", import.meta.url));
  return readdirSync(parent)
    .map((name) => ({ folder: parent + name, manifest: readManifest(parent + name) }))
    .filter(({ manifest }) => manifest.private !== true);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
}

/** Runs one command in the folder of every public package, and shows the output of those that fail. */
function runInEach([command = "", ...args]: string[]): void {
  for (const { folder, manifest } of publicPackages()) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
    console.log(`${command} ${manifest.name}: ${status === 0 ? "ok" : `failed\n${stdout}${stderr}`}`);
    if (status !== 0) process.exitCode = 1;
  }
}

if (import.meta.main) runInEach(process.argv.slice(2));
