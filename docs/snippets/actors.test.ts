import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const GUIDE = join(ROOT, "docs/guide/actors.md");
const BIN = join(dirname(createRequire(import.meta.url).resolve("@polyloom/actor/package.json")), "src/bin.ts");

test("the guide Actors, copied word by word, prints what it says", { timeout: 30_000 }, async () => {
  const guide = await readFile(GUIDE, "utf8");
  const folder = await projectFolder();
  await writeFile(join(folder, "handler.ts"), blockAfter(guide, "Save as `handler.ts`", "ts"));
  await writeFile(join(folder, "call.ts"), blockAfter(guide, "Save as `call.ts`", "ts"));

  const command = blockAfter(guide, "Start it", "sh").trim();
  expect(command).toMatch(/^(?:[A-Z_]+=\S+ )+npx polyloom-actor$/);
  const variables = Object.fromEntries(
    command.split(" ").flatMap((word) => (word.includes("=") ? [word.split("=")] : [])),
  );
  const actor = spawn(process.execPath, [...process.execArgv, BIN], {
    cwd: folder,
    env: variables as Record<string, string>,
    stdio: ["ignore", "inherit", "pipe"],
  });
  onTestFinished(() => void actor.kill());
  const said = await new Promise((settle) => actor.stderr.once("data", settle));
  expect(String(said)).toMatch(/^polyloom-actor ready: \.\/handler\.ts:process at \/.*\/app\.sock\n$/);

  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, "call.ts"], { cwd: folder });
  await expect(stdout).toMatchFileSnapshot("actor-call.txt");
});

/** A folder that finds the packages as an installed project would, and is gone after the test. */
async function projectFolder(): Promise<string> {
  // Not under node_modules, where Node strips types from no file.
  const parent = join(ROOT, "docs/.cache");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "actor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function blockAfter(text: string, words: string, language: string): string {
  const [, block] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text.slice(text.indexOf(words)))!;
  return block!;
}
