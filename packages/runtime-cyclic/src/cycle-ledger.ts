import type { CycleMetrics, CycleReport, CycleStopReason, RunResult, WorkflowError } from "@polyloom/core";
import type { CycleWatch, WatchedCycle, WatchedRun } from "@polyloom/core/runtime";
import { CycleBook } from "./cycle-book.ts";
import type { CyclicSettings } from "./cyclic-options.ts";
import type { IterationRecord } from "./history-window.ts";
import { type IterationTimes, IterationTiming } from "./iteration-times.ts";

/** What became of a cycle, with what was asked to be kept of it. */
export interface CycleRecord extends CycleReport {
  /** Times of its iterations, of all its runs; only with `collectMetrics`. */
  readonly times: IterationTimes | undefined;
  /** The newest iterations of the last time it ran, oldest first; none without the option `history`. */
  readonly history: readonly IterationRecord[];
}

/** What one cycle, by its name, came to in all runs of a runtime. */
export interface CycleTotals {
  /** How often it ran. */
  readonly runs: number;
  readonly totalIterations: number;
  /** How often it stopped for which reason. */
  readonly reasons: Readonly<Partial<Record<CycleStopReason, number>>>;
  readonly times: IterationTimes;
}

/** What was measured of cycles in all runs of a runtime. */
export interface CycleMetricsTotal extends CycleMetrics {
  readonly cycles: Readonly<Record<string, CycleTotals>>;
}

/** Keeps what a runtime knows of the cycles that it ran. */
export class CycleLedger {
  readonly #settings: CyclicSettings;
  readonly #isTimed: boolean;
  readonly #isNeeded: boolean;
  /** By what `execute` gave or threw: kept as long as that is. */
  readonly #books: WeakMap<object, ReadonlyMap<string, CycleBook>> = new WeakMap();
  readonly #totals: Map<string, Total> = new Map();

  /** `isTimed`: metrics are collected. */
  constructor(settings: CyclicSettings, isTimed: boolean) {
    this.#settings = settings;
    this.#isTimed = isTimed;
    this.#isNeeded = isTimed || Object.values(settings).some((setting) => setting !== undefined);
  }

  /** What watches a run; nothing where nothing was asked for, so that nothing is paid. */
  watch(run: WatchedRun): CycleWatch | undefined {
    if (!this.#isNeeded) return undefined;
    const books: (CycleBook | undefined)[] = [];
    const bookOf = (cycle: WatchedCycle): CycleBook =>
      (books[cycle.plan.index] ??= new CycleBook(run, cycle, this.#settings, this.#isTimed));
    return {
      started: (cycle) => bookOf(cycle).begin(),
      iterated: (cycle) => bookOf(cycle).iterated(cycle),
      ended: (cycle) => bookOf(cycle).end(cycle),
      concluded: (outcome) => this.#conclude(outcome, books),
    };
  }

  /** The cycles of a run, by name. */
  recordsOf(outcome: RunResult<unknown> | WorkflowError): Readonly<Record<string, CycleRecord>> {
    const books = this.#books.get(outcome);
    const records = Object.entries(outcome.cycles).map(([name, report]) => {
      const book = books?.get(name);
      return [name, Object.freeze({ ...report, times: book?.timing?.times, history: book?.history ?? [] })] as const;
    });
    return Object.freeze(Object.fromEntries(records));
  }

  /** All runs so far; empty unless metrics are collected. */
  totals(): CycleMetricsTotal {
    const cycles = [...this.#totals].map(([name, total]) => [name, shown(total)] as const);
    const converged = cycles.every(([, { runs, reasons }]) => reasons.converged === runs);
    return Object.freeze({
      totalIterations: cycles.reduce((sum, [, each]) => sum + each.totalIterations, 0),
      converged: cycles.length > 0 && converged,
      cycles: Object.freeze(Object.fromEntries(cycles)),
    });
  }

  #conclude(outcome: RunResult<unknown> | WorkflowError, books: readonly (CycleBook | undefined)[]): void {
    const known = books.filter((book) => book !== undefined);
    this.#books.set(outcome, new Map(known.map((book) => [book.name, book])));
    if (this.#isTimed) for (const book of known) this.#add(book);
  }

  #add({ name, timing, reasons }: CycleBook): void {
    let total = this.#totals.get(name);
    if (total === undefined) this.#totals.set(name, (total = { timing: new IterationTiming(), reasons: new Map() }));
    total.timing.merge(timing!);
    for (const [reason, count] of reasons) total.reasons.set(reason, (total.reasons.get(reason) ?? 0) + count);
  }
}

interface Total {
  readonly timing: IterationTiming;
  readonly reasons: Map<CycleStopReason, number>;
}

function shown({ timing, reasons }: Total): CycleTotals {
  const { times } = timing;
  return Object.freeze({
    runs: reasons.values().reduce((sum, count) => sum + count, 0),
    totalIterations: times.count,
    reasons: Object.freeze(Object.fromEntries(reasons)),
    times,
  });
}
