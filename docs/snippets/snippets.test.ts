import { globSync } from "node:fs";
import { basename } from "node:path";
import { format } from "node:util";
import { expect, test, vi } from "vitest";

/** What each program of this folder prints, line by line. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  "load-runtime": ["Hello, loom 10"],
  "preferred-runtime": ["async Hello, loom"],
};

const programs = globSync("*.ts", { cwd: import.meta.dirname, exclude: ["*.test.ts", "*.fixture.ts"] });

test("every program of the documentation has its expected output here", () => {
  expect(programs.map((file) => basename(file, ".ts")).toSorted()).toEqual(Object.keys(PRINTED).toSorted());
});

test.each(Object.keys(PRINTED))("%s prints what the documentation says", async (name) => {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts) => void printed.push(format(...parts)));
  await import(`./${name}.ts`);
  log.mockRestore();
  expect(printed.join("\n").split("\n")).toEqual(PRINTED[name]);
});
