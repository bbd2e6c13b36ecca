import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const LONGEST_MS = 180_000;

/**
 * Runs a file of this folder in a fresh process, and gives the JSON on the last line that it prints.
 * @throws Error with the last words of a process that failed
 */
export function runProgram(path: string, flags: readonly string[] = []): Promise<unknown> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, file], { timeout: LONGEST_MS }, (error, stdout, stderr) => {
      if (error) reject(new Error(reasonOf(stderr) ?? error.message, { cause: error }));
      else resolve(JSON.parse(stdout.trimEnd().split("\n").at(-1)!));
    });
  });
}

/** The line of a stack trace that says what went wrong. */
function reasonOf(stderr: string): string | undefined {
  const lines = stderr.split("\n");
  return lines.find((line) => /^(?:\w*Error\b|FATAL ERROR)/.test(line)) ?? lines.findLast((line) => line.trim() !== "");
}
