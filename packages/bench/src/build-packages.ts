import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMPILER } from "./compiler.ts";

const MEASURED = ["core", "runtime-local", "runtime-async"];
const MEASURED_ON_DOCKER = ["containers", "actor", "runtime-docker"];
const BUNDLED = ["wire", "core"];
const BUNDLE = fileURLToPath(new URL("../../../scripts/bundle.ts", import.meta.url));

const MOST_LINES = 10;

/** Compiles what is measured: users run `dist`, and so does every program here. Gives the first errors where it fails. */
export function buildPackages(docker: boolean): string | undefined {
  const measured = docker ? [...MEASURED, ...MEASURED_ON_DOCKER] : MEASURED;
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMPILER, "--build", ...measured.map(folderOf)]);
  if (status === 0) return bundlePackages();
  const errors = `${String(stdout)}${String(stderr)}`.split("\n").filter((line) => /\berror\b/.test(line));
  return ["the packages do not compile, and nothing was measured:", ...errors.slice(0, MOST_LINES)].join("\n");
}

function bundlePackages(): string | undefined {
  for (const name of BUNDLED) {
    const { status, stderr } = spawnSync(process.execPath, [BUNDLE], { cwd: folderOf(name) });
    if (status !== 0) return `${name} could not be bundled, and nothing was measured: ${String(stderr)}`;
  }
  return undefined;
}

function folderOf(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
