import type { PolyloomError } from "@polyloom/wire";
import { refusalOf, type ValueIssue, type ValueIssues } from "../execute/value-issue.ts";
import type { Plan } from "../plan/plan.ts";
import type { Ledger } from "./ledger.ts";
import type { CheckCounts } from "./report.ts";

/** What the checks of a batch find: counted here, reported by the host. */
export class PlaceIssues implements ValueIssues {
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #timed: number[] = [];
  #checked = 0;
  #bypassed = 0;

  /** Issues are told through the ledger, in their order with what else happens. */
  constructor(plan: Plan, ledger: Ledger) {
    this.#plan = plan;
    this.#ledger = ledger;
  }

  get checks(): CheckCounts {
    return { checked: this.#checked, bypassed: this.#bypassed, timed: this.#timed };
  }

  checked(): void {
    this.#checked++;
  }

  bypassed(): void {
    this.#bypassed++;
  }

  took(milliseconds: number): void {
    this.#timed.push(milliseconds);
  }

  counted(): void {
    // nothing of a batch runs elsewhere
  }

  close(): void {
    // what comes late is not told: the ledger is closed by then
  }

  report({ step, ...issue }: ValueIssue): void {
    this.#ledger.add(["issue", step.index, { ...issue, path: issue.path.map(crossing) }]);
  }

  refusal(issue: ValueIssue): PolyloomError {
    return refusalOf(issue, this.#plan);
  }
}

/** Symbols do not cross. */
function crossing(key: PropertyKey): PropertyKey {
  return typeof key === "symbol" ? String(key) : key;
}
