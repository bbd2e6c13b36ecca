import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_PAGE, errorPage } from "./write-errors.ts";

test("docs/errors.md is what `npm run docs:errors` writes", () => {
  expect(readFileSync(ERROR_PAGE, "utf8")).toBe(errorPage());
});
