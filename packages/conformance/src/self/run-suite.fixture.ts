import type { RuntimeOptions } from "@polyloom/core/runtime";
import type { Clause } from "../clause.ts";
import type { Runtime } from "../subject.ts";
import { testRuntime } from "../test-runtime.ts";

/** How one case came out, with the time it took in milliseconds. */
export interface Outcome {
  readonly clause: Clause;
  readonly title: string;
  readonly error: unknown;
  readonly ms: number;
}

interface Registered {
  readonly title: string;
  readonly clause: Clause;
  readonly run: () => Promise<void>;
}

/** Their cases look at what the whole process holds or does: nothing else may happen meanwhile. */
const ALONE: ReadonlySet<Clause> = new Set(["C9", "K4", "K5"]);
/** A case that takes longer has failed, so that a runtime that hangs fails its case and no more. */
const LONGEST_MS = 4000;
/** Such a case has this long for itself; then the next one begins. */
const ALONE_MS = 1500;

/** Runs cases of the suite without a test runner: many at once, or one by one. */
async function runCases(
  create: (options?: RuntimeOptions) => Runtime,
  alone: boolean,
  isWanted: (each: Registered) => boolean,
): Promise<Outcome[]> {
  const cases: Registered[] = [];
  const test = (title: string, run: () => Promise<void>): unknown =>
    cases.push({ title, run, clause: title.split(" ")[0] as Clause });
  testRuntime({ test, create, patienceMs: alone ? 1000 : 300 });
  const outcomes: Promise<Outcome>[] = [];
  for (const each of cases.filter(isWanted)) {
    const outcome = runCase(each);
    outcomes.push(outcome);
    // The others overlap only while they wait: a run that is not asynchronous is over by then.
    await within(alone ? ALONE_MS : 1, outcome);
  }
  return Promise.all(outcomes);
}

/** Runs the suite: many cases at once, or only those that have to run alone. */
export function runSuite(create: (options?: RuntimeOptions) => Runtime, alone: boolean): Promise<Outcome[]> {
  return runCases(create, alone, ({ clause }) => ALONE.has(clause) === alone);
}

/** Runs cases once more, one by one: among many, and on a busy machine, one may have had too little time. */
export function runAgain(
  create: (options?: RuntimeOptions) => Runtime,
  titles: ReadonlySet<string>,
): Promise<Outcome[]> {
  return runCases(create, true, ({ title }) => titles.has(title));
}

async function runCase({ title, clause, run }: Registered): Promise<Outcome> {
  const began = performance.now();
  // The timers are there before the case looks for what it leaves behind.
  const ended = Promise.resolve()
    .then(run)
    .then(
      () => undefined,
      (error: unknown) => error ?? new Error("failed without a reason"),
    );
  const error = await within(LONGEST_MS, ended, new Error(`took longer than ${LONGEST_MS} ms`));
  return { clause, title, error, ms: performance.now() - began };
}

/** What a promise gives within some milliseconds, or else something else. */
async function within<T, E>(ms: number, promise: Promise<T>, otherwise?: E): Promise<T | E | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<E | undefined>((resolve) => (timer = setTimeout(() => resolve(otherwise), ms)));
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
