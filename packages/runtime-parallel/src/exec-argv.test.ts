import { expect, test } from "vitest";
import { workerFlags } from "./exec-argv.ts";

test.each([
  [
    ["--import", "tsx", "--expose-gc"],
    ["--import", "tsx"],
  ],
  [
    ["--conditions=a", "--max-old-space-size=100", "-C", "b"],
    ["--conditions=a", "-C", "b"],
  ],
  [
    ["-r", "./hook.cjs", "--title=x", "--experimental-loader=y"],
    ["-r", "./hook.cjs", "--experimental-loader=y"],
  ],
  [["--importable", "--require-module"], []],
  [["--import"], []],
])("of %j a worker inherits %j, and has its own behind", (inherited, kept) => {
  expect(workerFlags(["--no-warnings"], inherited)).toEqual([...kept, "--no-warnings"]);
});
