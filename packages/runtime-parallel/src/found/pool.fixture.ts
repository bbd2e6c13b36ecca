import { expect, test } from "vitest";
import { report } from "./program.fixture.ts";

test("nodes of another module", async () => {
  expect(await report()).toBe("15 true");
});
