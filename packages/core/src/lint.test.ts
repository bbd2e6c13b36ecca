import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

/** What the real linter says of a program, by line. */
let found: Map<number, string>;
let folder: string;

const PROGRAM = `
if (step.out.done) run();
const a = step.out.page.size ? 1 : 2;
const b = step.out.x === 4;
const c = other != step.out.list.at(0);
while (!step.out.done) run();
const d = step.out.x! || 5;
const e = step.out.x && 5;
if (config.fast) flow.addNode("a", node, { x: step.out.x });
const f = config.out === 3;
const g = result.get(step).x === 4;
if (handle.out) run();
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyloom-lint-"));
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  const plugin = fileURLToPath(new URL("lint.ts", import.meta.url));
  const rules = { "polyloom/no-reference-as-condition": "error" };
  const config = { categories: { correctness: "off" }, jsPlugins: [{ name: "polyloom", specifier: plugin }], rules };
  writeFileSync(join(folder, "oxlintrc.json"), JSON.stringify(config));
  const output = await lint("--config", join(folder, "oxlintrc.json"), "--format", "json", folder);
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { message: string; labels: { span: { line: number } }[] }[];
  };
  found = new Map(diagnostics.map(({ message, labels }) => [labels[0]!.span.line, message]));
});

afterAll(() => rmSync(folder, { recursive: true }));

function lint(...args: readonly string[]): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve("oxlint/package.json");
  const program = join(dirname(manifest), "bin", "oxlint");
  // The linter's exit code says that it found something; what it found is in its output.
  return new Promise((resolve) => execFile(process.execPath, [program, ...args], (_error, stdout) => resolve(stdout)));
}

test("a reference as a condition, or compared, is told with its name, for the real linter", () => {
  expect([...found.keys()].toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(found.get(2)).toContain('"step.out.done" is a reference, and always truthy');
  expect(found.get(4)).toContain('"step.out.x" is a reference, and equals no value');
});

test("what only looks alike is left alone: options, results, the ports as a whole, a reference that is wired", () => {
  for (const line of [9, 10, 11, 12]) expect(found.has(line)).toBe(false);
});
