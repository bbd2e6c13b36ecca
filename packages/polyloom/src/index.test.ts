import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as core from "@polyloom/core";
import { expect, test } from "vitest";
import * as umbrella from "./index.ts";

test("every value of @polyloom/core is here, and is the same", () => {
  expect(umbrella).toMatchObject({ ...core });
});

test("every name of @polyloom/core is re-exported, types included", () => {
  const own = exportedNames(import.meta.resolve("./index.ts"));
  expect(exportedNames(import.meta.resolve("@polyloom/core")).filter((name) => !own.includes(name))).toEqual([]);
});

function exportedNames(url: string): string[] {
  const text = readFileSync(fileURLToPath(url), "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, names = ""]) => names);
  return lists.flatMap((names) => names.split(",")).flatMap((name) => name.trim() || []);
}
