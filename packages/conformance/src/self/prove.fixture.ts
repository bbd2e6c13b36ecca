import assert from "node:assert/strict";
import { beforeAll, test } from "vitest";
import { type Clause, CLAUSES } from "../clause.ts";
import { type Outcome, runAgain, runSuite } from "./run-suite.fixture.ts";
import type { Broken } from "./sabotage.fixture.ts";

/** So many runtimes are tried at once. */
const AT_ONCE = 4;
const LONGEST_MS = 120_000;

/** One test for each broken runtime: the suite fails it for the clauses listed, and for no other. */
export function prove(runtimes: readonly Broken[]): void {
  const found = new Map<Broken, readonly Outcome[]>();
  beforeAll(async () => {
    const left = [...runtimes];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        found.set(next, await runSuite(next.create, false));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const each of runtimes) found.set(each, await proven(each, found.get(each)!));
  }, LONGEST_MS);
  for (const each of runtimes)
    test(`a runtime that ${each.what} fails ${each.fails.join(", ")} and no other clause`, () => {
      const outcomes = found.get(each)!.filter(({ error }) => error !== undefined);
      const told = outcomes.map(({ title, error }) => `${title}: ${String(error)}`).join("\n");
      const clauses = inOrder(outcomes.map(({ clause }) => clause));
      const wanted = inOrder(each.fails);
      assert.deepEqual(clauses, wanted, `failed ${clauses.join(", ")}, not ${wanted.join(", ")}\n${told}`);
    });
}

/** What came out among many, told again by itself where it was not expected, and what has to run alone. */
async function proven({ create, fails }: Broken, among: readonly Outcome[]): Promise<readonly Outcome[]> {
  const surprises = among.filter(({ error, clause }) => error !== undefined && !fails.includes(clause));
  const again = new Set(surprises.map(({ title }) => title));
  return [
    ...among.filter(({ title }) => !again.has(title)),
    ...(await runAgain(create, again)),
    ...(await runSuite(create, true)),
  ];
}

function inOrder(clauses: readonly Clause[]): Clause[] {
  return CLAUSES.filter((clause) => clauses.includes(clause));
}
