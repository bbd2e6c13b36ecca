import type { Capabilities } from "@polyloom/core/runtime";
import { type Clause, CLAUSES } from "./clause.ts";

/** How a case, or a clause, came out: there is no fourth way. */
export type Verdict = "passed" | "refused" | "failed";

/** How one case came out. */
export interface CaseReport {
  /** With the clause's number in front. */
  readonly title: string;
  readonly verdict: Verdict;
  /** Why it was refused or failed. */
  readonly message?: string;
}

/** How a clause came out: failed if a case failed, else refused if a case was refused. */
export interface ClauseReport {
  readonly verdict: Verdict;
  readonly cases: readonly CaseReport[];
}

/** What a runtime keeps of the contract, as plain data. */
export interface ConformanceReport {
  readonly runtime: string;
  readonly capabilities: Capabilities | undefined;
  /** By clause, in the contract's order; clauses of which no case has run are absent. */
  readonly clauses: Readonly<Partial<Record<Clause, ClauseReport>>>;
}

/** Notes how cases come out. */
export class ReportBook {
  #runtime = "";
  #capabilities: Capabilities | undefined;
  readonly #cases: Map<Clause, Map<string, CaseReport>> = new Map();

  /** Notes whose report this is. */
  about(runtime: string, capabilities: Capabilities): void {
    this.#runtime = runtime;
    this.#capabilities = { ...capabilities, unsupported: [...capabilities.unsupported] };
  }

  /** Notes that a case began: until it is settled it counts as failed. */
  begin(clause: Clause, title: string): void {
    this.settle(clause, { title, verdict: "failed", message: "it has not ended" });
  }

  /** Notes how a case came out. */
  settle(clause: Clause, report: CaseReport): void {
    const known = this.#cases.get(clause);
    if (known) known.set(report.title, report);
    else this.#cases.set(clause, new Map([[report.title, report]]));
  }

  /** Everything so far. */
  report(): ConformanceReport {
    const clauses = CLAUSES.flatMap((clause) => {
      const cases = this.#cases.get(clause);
      return cases === undefined ? [] : [[clause, clauseReport([...cases.values()])] as const];
    });
    return { runtime: this.#runtime, capabilities: this.#capabilities, clauses: Object.fromEntries(clauses) };
  }
}

function clauseReport(cases: readonly CaseReport[]): ClauseReport {
  const verdicts = cases.map(({ verdict }) => verdict);
  const verdict = verdicts.includes("failed") ? "failed" : verdicts.includes("refused") ? "refused" : "passed";
  return { verdict, cases };
}
