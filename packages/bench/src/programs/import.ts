import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { interleaveValues } from "../interleave.ts";
import { printSamples } from "../sample.ts";

const FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/** Milliseconds that a fresh process takes to import a package, from inside: its own start-up is not counted. */
function importTime(name: string): number {
  const code = `const began = performance.now(); await import("${name}"); console.log(performance.now() - began);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { cwd: FOLDER });
  return Number(output.toString());
}

const times = await interleaveValues(
  { warmUp: 1, rounds: 5 },
  { floor: () => importTime("zod"), ours: () => importTime("@polyloom/core") },
);
printSamples({ row: "import", ...times });
