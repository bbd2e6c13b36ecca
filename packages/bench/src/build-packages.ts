import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMPILER } from "./compiler.ts";

const MEASURED = ["core", "runtime-local", "runtime-async"];

/**
 * Compiles what is measured: users run `dist`, and so does every program here.
 * @throws Error with the compiler's words
 */
export function buildPackages(): void {
  const folders = MEASURED.map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMPILER, "--build", ...folders]);
  if (status !== 0)
    throw new Error(`the packages do not compile, and nothing was measured:\n${String(stdout)}${String(stderr)}`);
}
