import type { Run } from "../execute/run.ts";
import { type NodeSums, NodeTiming } from "../observe/node-timing.ts";
import type { Plan } from "../plan/plan.ts";
import { type MemoryUsage, Metrics } from "./metrics.ts";

const MOST_PLANS = 16;

/** Adds up the metrics of a runtime's runs. */
export class MetricsTotal {
  /** One sum a plan: adding arrays of one shape is cheap, and names are only looked at when somebody asks. */
  readonly #timings: Map<Plan, NodeTiming> = new Map();
  readonly #folded: Map<string, NodeSums> = new Map();
  #runs = 0;
  #totalTime = 0;
  #late = 0;

  /** Counts a result that came after its node was given up. */
  lateResult(): void {
    this.#late++;
  }

  /** Adds a run; gives its own metrics, where they were collected. */
  add({ plan, timing }: Run, durationMs: number, heapBefore: number): Metrics | undefined {
    if (timing === undefined) return undefined;
    this.#runs++;
    this.#totalTime += durationMs;
    this.#addTiming(plan, timing);
    const memoryUsage = memoryNow(heapBefore);
    const late = this.#late;
    return new Metrics({
      runs: 1,
      totalTime: durationMs,
      memoryUsage,
      lateResults: late,
      sums: () => {
        const sums = new Map<string, NodeSums>();
        timing.addTo(sums);
        return sums;
      },
    });
  }

  /** All runs so far. */
  snapshot(): Metrics {
    const sums = this.#sums();
    const { heapUsed } = process.memoryUsage();
    return new Metrics({
      runs: this.#runs,
      totalTime: this.#totalTime,
      memoryUsage: memoryNow(heapUsed),
      lateResults: this.#late,
      sums: () => sums,
    });
  }

  #addTiming(plan: Plan, timing: NodeTiming): void {
    const known = this.#timings.get(plan);
    if (known !== undefined) return known.add(timing);
    if (this.#timings.size >= MOST_PLANS) this.#fold();
    const total = new NodeTiming(plan);
    total.add(timing);
    this.#timings.set(plan, total);
  }

  /** Workflows that are built anew for each run must not pile up: their sums are kept by name alone. */
  #fold(): void {
    for (const timing of this.#timings.values()) timing.addTo(this.#folded);
    this.#timings.clear();
  }

  #sums(): Map<string, NodeSums> {
    const sums = new Map([...this.#folded].map(([id, each]) => [id, { ...each }]));
    for (const timing of this.#timings.values()) timing.addTo(sums);
    return sums;
  }
}

function memoryNow(heapBefore: number): MemoryUsage {
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heapUsed, rss, external, heapGrowth: heapUsed - heapBefore };
}
