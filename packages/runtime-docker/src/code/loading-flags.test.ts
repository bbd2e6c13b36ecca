import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { conditionsOf, loadingFlags, preloadedModules } from "./loading-flags.ts";

test("only flags that say how modules load come along, each with its value", () => {
  const flags = ["--import", "tsx", "--max-old-space-size=4096", "-C", "one", "--conditions=two", "--inspect"];
  expect(loadingFlags(flags)).toEqual(["--import", "tsx", "-C", "one", "--conditions=two"]);
});

test("the flag that keeps threads alive which strip types comes along alone", () => {
  expect(loadingFlags(["--no-memory-protection-keys", "--inspect"])).toEqual(["--no-memory-protection-keys"]);
});

test("conditions are read from both ways of writing them", () => {
  expect(conditionsOf(["-C", "one", "--conditions=two", "--conditions", "three", "--import", "tsx"])).toEqual([
    "one",
    "two",
    "three",
  ]);
});

test("modules that are preloaded by a path are code of the project, and those that are packages are not", () => {
  const here = pathToFileURL(`${process.cwd()}/`).href;
  const flags = [
    "--import",
    "tsx",
    "--import=./hooks.ts",
    "-r",
    "/abs/old.cjs",
    "--import",
    "file:///x.ts",
    "-C",
    "./no",
  ];
  expect(preloadedModules(flags)).toEqual([`${here}hooks.ts`, "file:///abs/old.cjs", "file:///x.ts"]);
});
