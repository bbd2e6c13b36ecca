import type { CycleReport, CycleStopReason } from "../report/cycle-report.ts";

/** How far a cycle came, as data. */
export interface CycleCounts {
  readonly reason: CycleStopReason | undefined;
  readonly iterations: number;
  readonly totalIterations: number;
  readonly runs: number;
  readonly elapsedMs: number;
}

/** Where a cycle stands between two iterations, beside its counts and what feedback carries; plain data. */
export interface CycleMark {
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
  /** What its criterion goes by. */
  readonly memory: unknown;
  /** What its condition goes by. */
  readonly history: readonly unknown[] | undefined;
}

/** Counts a cycle's iterations: those since it began last, and all of the run. */
export class CycleProgress implements CycleCounts {
  /** Why it ended last; `undefined` while it has not. */
  reason: CycleStopReason | undefined;
  iterations = 0;
  totalIterations = 0;
  /** How often it began. */
  runs = 0;
  elapsedMs = 0;

  begin(): void {
    this.reason = undefined;
    this.iterations = 0;
    this.runs++;
  }

  iterated(): void {
    this.iterations++;
    this.totalIterations++;
  }

  /** Takes over what was counted elsewhere. */
  adopt(counts: CycleCounts): void {
    Object.assign(this, counts);
  }

  /** What crosses to whoever follows from elsewhere. */
  get counts(): CycleCounts {
    const { reason, iterations, totalIterations, runs, elapsedMs } = this;
    return { reason, iterations, totalIterations, runs, elapsedMs };
  }

  /** What became of it, or `undefined` if it never ended. */
  get report(): CycleReport | undefined {
    const { reason, ...counts } = this.counts;
    return reason === undefined ? undefined : Object.freeze({ ...counts, converged: reason === "converged", reason });
  }
}
