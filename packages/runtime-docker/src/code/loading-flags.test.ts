import { expect, test } from "vitest";
import { conditionsOf, loadingFlags } from "./loading-flags.ts";

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
