import { expect, test } from "vitest";
import { format } from "./summary-reporter.ts";

test("skipped tests are named only when there are some", () => {
  expect(format({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(format({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
});
