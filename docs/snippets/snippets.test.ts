import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { expect, test, vi } from "vitest";

const FOLDER = import.meta.dirname;
const PROGRAMS = globSync("*.ts", { cwd: FOLDER, exclude: ["*.test.ts", "*.fixture.ts", "*.nodes.ts"] }).sort();

test.each(PROGRAMS)("%s prints what its text file says", async (program) => {
  const expected = join(FOLDER, program.replace(/ts$/, "txt"));
  expect(existsSync(expected)).toBe(true);
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts) => void printed.push(`${format(...parts)}\n`));
  await import(/* @vite-ignore */ new URL(program, import.meta.url).href);
  log.mockRestore();
  await expect(printed.join("")).toMatchFileSnapshot(expected);
});
