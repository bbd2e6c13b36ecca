import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Capabilities, type RuntimeOptions, SEQUENTIAL } from "@polyloom/core/runtime";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./cases.ts";
import { CLAUSES } from "./clause.ts";
import type { ConformanceReport, Verdict } from "./report.ts";
import { ReferenceRuntime } from "./self/reference-runtime.fixture.ts";
import type { Runtime } from "./subject.ts";
import { testRuntime } from "./test-runtime.ts";

class Modest extends ReferenceRuntime {
  override readonly capabilities: Capabilities = { ...SEQUENTIAL, unsupported: ["maps", "retries"] };
}

/** Runs the suite, and gives what it hands over at the end. */
async function reportOf(create: (options?: RuntimeOptions) => Runtime): Promise<ConformanceReport> {
  const cases: (() => Promise<void>)[] = [];
  let report: ConformanceReport | undefined;
  testRuntime({
    test: (_title, run) => cases.push(run),
    create,
    onReport: (given) => (report = given),
    teardown: (runtime) => runtime.close({ cancel: true }),
  });
  for (const run of cases) await run().catch(() => undefined);
  return report!;
}

function verdicts({ clauses }: ConformanceReport): Record<string, Verdict> {
  return Object.fromEntries(Object.entries(clauses).map(([clause, { verdict }]) => [clause, verdict]));
}

test("every clause has a case, and every title begins with its clause", () => {
  const titles: string[] = [];
  testRuntime({ test: (title) => titles.push(title), create: () => new ReferenceRuntime() });
  expect([...new Set(CASES.map(({ clause }) => clause))].toSorted()).toEqual([...CLAUSES].toSorted());
  expect(titles.filter((title) => !/^[A-Z]\d+ · \S/.test(title))).toEqual([]);
  expect(new Set(titles).size).toBe(titles.length);
});

describe("of a runtime whose manifest excludes maps and retries", () => {
  let report: ConformanceReport;
  beforeAll(async () => {
    report = await reportOf((options) => new Modest(options));
  }, 60_000);

  test("clauses that need them are refused, the others passed, and none failed", () => {
    const found = verdicts(report);
    expect(Object.entries(found).filter(([, verdict]) => verdict === "failed")).toEqual([]);
    expect([found["S9"], found["E4"], found["G1"], found["O4"]]).toEqual(["refused", "refused", "passed", "passed"]);
  });

  test("a refused case tells why, and the manifest is there as plain data", () => {
    const [first] = report.clauses.S9!.cases;
    expect(first).toMatchObject({ verdict: "refused", message: expect.stringContaining("maps") });
    expect(report).toMatchObject({ runtime: "reference", capabilities: { unsupported: ["maps", "retries"] } });
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ runtime: "reference" });
  });
});

test("a case that never ends counts as failed", () => {
  const cases: (() => Promise<void>)[] = [];
  const create = (): Promise<Runtime> => new Promise(() => undefined);
  const { report } = testRuntime({ test: (_title, run) => cases.push(run), create });
  void cases[0]!();
  expect(report().clauses.G1).toMatchObject({ verdict: "failed", cases: [{ message: "it has not ended" }] });
});

test("node:test runs it as well", { timeout: 60_000 }, async () => {
  const file = `${import.meta.dirname}/self/node-test.fixture.ts`;
  const options = ["--conditions=polyloom-source", "--test", "--test-reporter=tap", file];
  const ended = promisify(execFile)(process.execPath, options, { maxBuffer: 2 ** 26, env: { PATH: "" } });
  const { stdout } = await ended.catch((error: { stdout: string }) => error);
  expect(stdout.split("\n").filter((line) => line.startsWith("not ok"))).toEqual([]);
  expect(stdout).toMatch(new RegExp(`^# pass ${CASES.length}$`, "m"));
});
