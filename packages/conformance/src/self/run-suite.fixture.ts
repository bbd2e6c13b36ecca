import type { Clause } from "../clause.ts";
import type { CreateOptions, Runtime } from "../subject.ts";
import { testRuntime } from "../test-runtime.ts";

/** How one case came out, with the time it took in milliseconds. */
export interface Outcome {
  readonly clause: Clause;
  readonly title: string;
  readonly error: unknown;
  readonly ms: number;
}

/** Runs the whole suite without a test runner; a case that hangs fails after `limitMs`. */
export async function runSuite(create: (options?: CreateOptions) => Runtime, limitMs: number): Promise<Outcome[]> {
  const cases: { title: string; run: () => Promise<void> }[] = [];
  testRuntime({ test: (title, run) => cases.push({ title, run }), create, patienceMs: 100 });
  const outcomes: Outcome[] = [];
  for (const { title, run } of cases) {
    const began = performance.now();
    const error = await failureOf(run, limitMs);
    outcomes.push({ clause: title.split(" ")[0] as Clause, title, error, ms: performance.now() - began });
  }
  return outcomes;
}

async function failureOf(run: () => Promise<void>, limitMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([run(), limit]);
    return undefined;
  } catch (error) {
    return error ?? new Error("failed without a reason");
  } finally {
    clearTimeout(timer);
  }
}
