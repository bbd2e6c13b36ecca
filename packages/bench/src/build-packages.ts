import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMPILER } from "./compiler.ts";

const MEASURED = ["core", "runtime-local", "runtime-async"];

const MOST_LINES = 10;

/** Compiles what is measured: users run `dist`, and so does every program here. Gives the first errors where it fails. */
export function buildPackages(): string | undefined {
  const folders = MEASURED.map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMPILER, "--build", ...folders]);
  if (status === 0) return undefined;
  const errors = `${String(stdout)}${String(stderr)}`.split("\n").filter((line) => /\berror\b/.test(line));
  return ["the packages do not compile, and nothing was measured:", ...errors.slice(0, MOST_LINES)].join("\n");
}
