import type { Run } from "../execute/run.ts";
import { type NodeSums, type NodeTimes, type NodeTiming, timesOf } from "../observe/node-timing.ts";
import type { Plan } from "../plan/plan.ts";
import { type MemoryUsage, Metrics } from "./metrics.ts";

/** Sums of steps that may wait to be added up: about 10 MB. */
const MOST_WAITING = 250_000;

/** Adds up the metrics of a runtime's runs. */
export class MetricsTotal {
  /** Times are added up by name when somebody asks, or when they take too much room: a run does not pay for it. */
  #waiting: NodeTiming[] = [];
  #waitingSteps = 0;
  readonly #folded: Map<string, NodeSums> = new Map();
  #runs = 0;
  #totalTime = 0;
  #late = 0;
  /** Used heap when the first of the runs began. */
  #heapBefore: number | undefined;

  /** Counts a result that came after its node was given up. */
  lateResult(): void {
    this.#late++;
  }

  /** Adds a run; gives its own metrics, where they were collected. */
  add({ plan, timing, lateResults }: Run, durationMs: number, heapBefore: number): Metrics | undefined {
    if (timing === undefined) return undefined;
    this.#runs++;
    this.#heapBefore ??= heapBefore;
    this.#totalTime += durationMs;
    this.#addTiming(plan, timing);
    const memoryUsage = memoryNow(heapBefore);
    return new Metrics({
      runs: 1,
      totalTime: durationMs,
      memoryUsage,
      lateResults,
      times: () => timesIn(timing),
    });
  }

  /** All runs so far. */
  snapshot(): Metrics {
    const times = this.#times();
    return new Metrics({
      runs: this.#runs,
      totalTime: this.#totalTime,
      memoryUsage: memoryNow(this.#heapBefore),
      lateResults: this.#late,
      times: () => times,
    });
  }

  #addTiming({ steps }: Plan, timing: NodeTiming): void {
    this.#waiting.push(timing);
    this.#waitingSteps += steps.length;
    if (this.#waitingSteps > MOST_WAITING) this.#fold();
  }

  #fold(): void {
    for (const timing of this.#waiting) timing.addTo(this.#folded);
    this.#waiting = [];
    this.#waitingSteps = 0;
  }

  #times(): Readonly<Record<string, NodeTimes>> {
    this.#fold();
    return timesBy(this.#folded);
  }
}

function timesIn(timing: NodeTiming): Readonly<Record<string, NodeTimes>> {
  const sums = new Map<string, NodeSums>();
  timing.addTo(sums);
  return timesBy(sums);
}

function timesBy(sums: ReadonlyMap<string, NodeSums>): Readonly<Record<string, NodeTimes>> {
  return Object.freeze(Object.fromEntries([...sums].map(([id, each]) => [id, timesOf(each)])));
}

function memoryNow(heapBefore: number | undefined): MemoryUsage {
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heapUsed, rss, external, heapGrowth: heapUsed - (heapBefore ?? heapUsed) };
}
