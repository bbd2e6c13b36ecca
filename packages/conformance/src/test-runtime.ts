import type { Case } from "./case.ts";
import { CASES } from "./cases.ts";
import { type ConformanceReport, ReportBook } from "./report.ts";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { Refusal, type Runtime, Subject, type SubjectSetup } from "./subject.ts";

/** What {@link testRuntime} takes. */
export interface ConformanceOptions<R extends Runtime = Runtime> {
  /** Registers one test: vitest's `test`, that of `node:test`, or any like them. */
  readonly test: (title: string, run: () => Promise<void>) => unknown;
  /** Makes a fresh runtime with the options given. */
  readonly create: (options?: RuntimeOptions) => R | Promise<R>;
  /** Lets go of a runtime. Default: `close()`. */
  readonly teardown?: (runtime: R) => unknown;
  /** Told the report by a last test; for tests that run in their order. */
  readonly onReport?: (report: ConformanceReport) => void;
  /** How long a case waits for something that has to happen, in milliseconds. Default 2000. */
  readonly patienceMs?: number;
}

/** What {@link testRuntime} gives: the report of the tests that have run so far. */
export interface Conformance {
  report(): ConformanceReport;
}

/**
 * Registers the tests that every runtime has to pass, one for each case, titled by the clause. A case passes where the
 * runtime keeps the clause, or where its `check()` refuses the workflow with `unsupported`, as its manifest says.
 */
export function testRuntime<R extends Runtime>(options: ConformanceOptions<R>): Conformance {
  const { test, create, teardown = (runtime) => runtime.close(), onReport, patienceMs = 2000 } = options;
  const book = new ReportBook();
  const setup: SubjectSetup = {
    patienceMs,
    teardown: teardown as SubjectSetup["teardown"],
    create: async (settings) => {
      const runtime = await create(settings);
      book.about(runtime.name, runtime.capabilities);
      return runtime;
    },
  };
  for (const each of CASES) test(titleOf(each), () => runCase(each, setup, book));
  if (onReport !== undefined) test("G1 to O4 · the report is handed over", async () => onReport(book.report()));
  return { report: () => book.report() };
}

async function runCase(each: Case, setup: SubjectSetup, book: ReportBook): Promise<void> {
  const { clause } = each;
  const title = titleOf(each);
  book.begin(clause, title);
  try {
    await runThrough(each, new Subject(setup));
    book.settle(clause, { title, verdict: "passed" });
  } catch (error) {
    const refused = error instanceof Refusal;
    const message = error instanceof Error ? error.message : String(error);
    book.settle(clause, { title, verdict: refused ? "refused" : "failed", message });
    if (!refused) throw error;
  }
}

async function runThrough({ run }: Case, subject: Subject): Promise<void> {
  try {
    await run(subject);
  } finally {
    await subject.end();
  }
}

function titleOf({ clause, title }: Case): string {
  return `${clause} · ${title}`;
}
