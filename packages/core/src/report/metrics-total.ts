import type { Run } from "../execute/run.ts";
import type { NodeSums } from "../observe/node-timing.ts";
import { type MemoryUsage, Metrics } from "./metrics.ts";

/** Adds up the metrics of a runtime's runs. */
export class MetricsTotal {
  readonly #sums: Map<string, NodeSums> = new Map();
  #runs = 0;
  #totalTime = 0;
  #late = 0;

  /** Counts a result that came after its node was given up. */
  lateResult(): void {
    this.#late++;
  }

  /** Adds a run; gives its own metrics, where they were collected. */
  add({ timing }: Run, durationMs: number, heapBefore: number): Metrics | undefined {
    if (timing === undefined) return undefined;
    this.#runs++;
    this.#totalTime += durationMs;
    timing.addTo(this.#sums);
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
    const sums = new Map([...this.#sums].map(([id, each]) => [id, { ...each }]));
    const { heapUsed } = process.memoryUsage();
    return new Metrics({ runs: this.#runs, totalTime: this.#totalTime, memoryUsage: memoryNow(heapUsed), lateResults: this.#late, sums: () => sums });
  }
}

function memoryNow(heapBefore: number): MemoryUsage {
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heapUsed, rss, external, heapGrowth: heapUsed - heapBefore };
}
