/** One violation, as the security report shows it; values are never kept (V3). */
export interface Violation {
  readonly nodeId: string;
  readonly port: string;
  readonly path: string;
  readonly found: string;
}

/** Counts of one runtime's validation (V6). */
export interface ValidationMetrics {
  readonly performanceSummary: {
    /** Checks of a node's inputs or outputs. */
    readonly count: number;
    readonly failures: number;
    readonly bypasses: number;
    /** Share of checks that failed, from 0 to 1. */
    readonly failureRate: number;
    /** Milliseconds in checks, estimated from one check in sixty-four; only where metrics are collected. */
    readonly totalTimeMs: number | undefined;
  };
  readonly securityReport: {
    /** Undeclared keys: what V4 counts as parameter injection. */
    readonly totalViolations: number;
    readonly violationsByNode: Readonly<Record<string, number>>;
    /** The ten newest, the newest first. */
    readonly mostRecent: readonly Violation[];
  };
}

/** More nodes than this are counted together. */
const MOST_NODES = 1000;
const OTHERS = "(others)";

/** Counts checks, failures and violations in bounded memory. */
export class ValidationCounter {
  #count = 0;
  #failures = 0;
  #bypasses = 0;
  #violations = 0;
  #timeMs = 0;
  #timed = 0;
  readonly #byNode: Map<string, number> = new Map();
  readonly #recent: Violation[] = [];

  checked(times = 1): void {
    this.#count += times;
  }

  bypassed(times = 1): void {
    this.#bypasses += times;
  }

  failed(): void {
    this.#failures++;
  }

  took(milliseconds: number): void {
    this.#timeMs += milliseconds;
    this.#timed++;
  }

  violated(violation: Violation): void {
    this.#violations++;
    const id = this.#byNode.has(violation.nodeId) || this.#byNode.size < MOST_NODES ? violation.nodeId : OTHERS;
    this.#byNode.set(id, (this.#byNode.get(id) ?? 0) + 1);
    this.#recent.unshift(Object.freeze(violation));
    this.#recent.length = Math.min(this.#recent.length, 10);
  }

  snapshot(): ValidationMetrics {
    return {
      performanceSummary: {
        count: this.#count,
        failures: this.#failures,
        bypasses: this.#bypasses,
        failureRate: this.#count === 0 ? 0 : this.#failures / this.#count,
        totalTimeMs: this.#timed === 0 ? undefined : (this.#timeMs * this.#count) / this.#timed,
      },
      securityReport: {
        totalViolations: this.#violations,
        violationsByNode: Object.fromEntries(this.#byNode),
        mostRecent: [...this.#recent],
      },
    };
  }
}
