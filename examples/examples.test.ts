import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = import.meta.dirname;
const NAMES = globSync("[0-9][0-9]-*/main.ts", { cwd: ROOT }).map(dirname).sort();

// Two at once: as many as a small machine has cores.
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
const outputs = new Map(NAMES.map((name, index) => [name, inLane(index % lanes.length, () => run(name))]));

describe("every example prints what its expected.txt says, and nothing else", () => {
  test.each(NAMES)("%s", { timeout: 30_000 }, async (name) => {
    const { code, stdout, stderr } = await outputs.get(name)!;
    const expected = join(ROOT, name, "expected.txt");
    expect(existsSync(expected), `${name}/expected.txt exists`).toBe(true);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    await expect(name === "00-iris" ? withoutTimes(stdout) : stdout).toMatchFileSnapshot(expected);
  });

  test.each(NAMES)("%s has a README of 15 lines at the most", async (name) => {
    const lines = (await readFile(join(ROOT, name, "README.md"), "utf8")).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(15);
  });
});

/** What varies from run to run, and what stands in its place; only the demo prints such things. */
const VARIES: readonly (readonly [pattern: RegExp, standIn: string])[] = [
  [/\d+(?:\.\d+)? (?:µs|ms|s)\b/g, "<time>"],
  [/\d+ %/g, "<share>"],
  [/│[ █]*│/g, "<timeline>"],
  [/[+-]?\d+\.\d MB/g, "<memory>"],
  [/ +/g, " "], // columns are as wide as their times
];

function withoutTimes(text: string): string {
  return VARIES.reduce((kept, [pattern, standIn]) => kept.replaceAll(pattern, standIn), text);
}

function inLane(lane: number, job: () => Promise<Output>): Promise<Output> {
  const done = lanes[lane]!.then(job);
  lanes[lane] = done;
  return done;
}

function run(name: string): Promise<Output> {
  const args = ["--conditions=polyloom-source", "--no-memory-protection-keys", join(ROOT, name, "main.ts")];
  const { FORCE_COLOR: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 25_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
