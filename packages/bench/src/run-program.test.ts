import { expect, test } from "vitest";
import { PROGRAMS } from "./row.ts";
import { runProgram } from "./run-program.ts";

const FROM_SOURCE = ["--expose-gc", "--conditions=polyloom-source"];

test.each(["chain", "validation"])("%s gives a figure and a floor for each of its rows", async (name) => {
  const samples = await runProgram(`./programs/${name}.ts`, FROM_SOURCE);
  const { rows } = PROGRAMS.find((program) => program.name === name)!;
  const number: unknown = expect.any(Number);
  expect(samples).toEqual(rows.map((row) => ({ row: row.name, ours: number, floor: number })));
});

test("a program that fails says why", async () => {
  await expect(runProgram("./programs/no-such-program.ts")).rejects.toThrow(/Cannot find module/);
});
