import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ContainerEngine } from "@polyloom/containers";
import { describe, expect, test } from "vitest";

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = import.meta.dirname;
const NAMES = globSync("[0-9][0-9]-*/main.ts", { cwd: ROOT }).map(dirname).sort();

/** Examples with containers run where an engine answers, and everywhere in CI. */
const CONTAINERS = /from "@polyloom\/(?:containers|runtime-docker)"/;
const hasEngine = process.env["CI"] === "true" || (await engineAnswers());
const lacksEngine = (name: string): boolean => !hasEngine && usesContainers(name);

// Two at once: as many as a small machine has cores.
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
const runnable = NAMES.filter((name) => !lacksEngine(name));
const outputs = new Map(runnable.map((name, index) => [name, inLane(index % lanes.length, () => run(name))]));

describe("every example prints what its expected.txt says, and nothing else", () => {
  test.for(NAMES)("%s", { timeout: 60_000 }, async (name, context) => {
    if (lacksEngine(name)) return context.skip("no container engine answers; scripts/docker-engine.sh starts one");
    const { code, stdout, stderr } = await outputs.get(name)!;
    const expected = join(ROOT, name, "expected.txt");
    expect(existsSync(expected), `${name}/expected.txt exists`).toBe(true);
    expect(stderr.replaceAll(BUILDS, "")).toBe("");
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
  [/^ docker .*\n/gm, ""], // there or not, as an engine is
  [/\d+ runtimes/g, "<count> runtimes"],
];

/** What is said of images depends on which of them the engine has. */
const BUILDS = /^polyloom: (?:found|building|built) .*\n/gm;

function withoutTimes(text: string): string {
  return VARIES.reduce((kept, [pattern, standIn]) => kept.replaceAll(pattern, standIn), text);
}

function usesContainers(name: string): boolean {
  const files = globSync(`${name}/*.ts`, { cwd: ROOT });
  return files.some((path) => CONTAINERS.test(readFileSync(join(ROOT, path), "utf8")));
}

async function engineAnswers(): Promise<boolean> {
  try {
    await ContainerEngine.connect();
    return true;
  } catch {
    return false;
  }
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
    execFile(process.execPath, args, { env, timeout: 55_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
