import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MATRIX_PAGE, matrixPage } from "./write-matrix.ts";

test("docs/capability-matrix.md is what the suite finds of the runtimes", { timeout: 600_000 }, async () => {
  expect(readFileSync(MATRIX_PAGE, "utf8")).toBe(await matrixPage());
});
