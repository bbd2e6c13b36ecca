import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { PEERS } from "./peers.ts";
import { PROGRAMS } from "./row.ts";

test("every program has its file, and every row its own name", () => {
  const files = PROGRAMS.map(({ name }) => new URL(`./programs/${name}.ts`, import.meta.url));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  const names = PROGRAMS.flatMap(({ rows }) => rows.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

test("every peer has its driver", () => {
  const files = PEERS.map(({ name }) => new URL(`./peers/${name}.ts`, import.meta.url));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
