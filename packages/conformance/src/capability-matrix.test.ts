import { SEQUENTIAL } from "@polyloom/core/runtime";
import { expect, test } from "vitest";
import { capabilityMatrix } from "./capability-matrix.ts";
import type { ConformanceReport } from "./report.ts";

const report: ConformanceReport = {
  runtime: "odd",
  capabilities: { ...SEQUENTIAL, maxConcurrency: Infinity, maxMessageBytes: 10, unsupported: ["maps", "state"] },
  clauses: {
    G1: { verdict: "passed", cases: [{ title: "G1 · a", verdict: "passed" }] },
    S9: {
      verdict: "refused",
      cases: [
        { title: "S9 · a", verdict: "refused", message: "no maps" },
        { title: "S9 · b", verdict: "passed" },
      ],
    },
    E1: { verdict: "failed", cases: [{ title: "E1 · a", verdict: "failed", message: "no code" }] },
  },
};

test("a row for each clause says passed, refused, failed or not run", () => {
  const text = capabilityMatrix([report]);
  for (const row of ["| G1 | passed (1) |", "| S9 | refused (1 of 2) |", "| E1 | failed (1) |", "| O4 | not run |"])
    expect(text).toContain(row);
});

test("the manifest is told beside it", () => {
  const text = capabilityMatrix([report, { ...report, runtime: "even", capabilities: undefined }]);
  expect(text).toContain("| manifest | odd | even |");
  expect(text).toContain("| tasks at once | no limit |  |");
  expect(text).toContain("| bytes at once | 10 |  |");
  expect(text).toContain("| refuses | maps, state |  |");
});
