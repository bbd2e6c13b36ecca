import assert from "node:assert/strict";
import { beforeAll, test } from "vitest";
import { type Clause, CLAUSES } from "../clause.ts";
import { type Outcome, runSuite } from "./run-suite.fixture.ts";
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
    for (const each of runtimes) found.set(each, [...found.get(each)!, ...(await runSuite(each.create, true))]);
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

function inOrder(clauses: readonly Clause[]): Clause[] {
  return CLAUSES.filter((clause) => clauses.includes(clause));
}
