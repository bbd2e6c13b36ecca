import type { Reporter, SerializedError, TestModule, TestRunEndReason } from "vitest/node";

/** What a run came to; a failure that belongs to no test counts as one failed test. */
export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
}

/** Prints `N passed, N failed` as the very last line, after the coverage table too. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const summary = summarize(modules, errors.length);
    if (reason !== "passed" && summary.failed === 0) summary.failed = 1;
    process.once("exit", () => process.stdout.write(`${format(summary)}\n`));
  }
}

/** Counts tests, plus every module and suite that failed outside its tests, plus `unhandled` errors. */
export function summarize(modules: readonly TestModule[], unhandled: number): Summary {
  const summary: Summary = { passed: 0, failed: unhandled, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) summary.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) summary.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed" || state === "failed") summary[state] += 1;
      else summary.skipped += 1;
    }
  }
  return summary;
}

/** `3 passed, 0 failed`, with `, 1 skipped` when there is something to tell. */
export function format({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
