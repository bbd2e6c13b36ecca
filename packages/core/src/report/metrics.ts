import { PolyloomError } from "@polyloom/wire";
import type { NodeTimes } from "../observe/node-timing.ts";
import { toPrometheus } from "./prometheus.ts";

/** Memory of the process, in bytes. */
export interface MemoryUsage {
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  /** Growth of the used heap since the run, or the first of all runs, began; negative where garbage was collected. */
  readonly heapGrowth: number;
}

/** The numbers of a metrics export, with their units in the names. */
export interface MetricsDocument {
  readonly runs: number;
  readonly totalTimeMs: number;
  readonly lateResults: number;
  readonly nodes: Readonly<
    Record<string, { readonly [K in keyof NodeTimes as K extends "count" | "retries" ? K : `${K}Ms`]: number }>
  >;
  readonly memoryBytes: MemoryUsage;
}

/** What metrics are made of; the times are asked for when one is first read. */
export interface MetricsParts {
  readonly runs: number;
  readonly totalTime: number;
  readonly memoryUsage: MemoryUsage;
  readonly lateResults: number;
  readonly times: () => Readonly<Record<string, NodeTimes>>;
}

/** What was measured, of one run or of all runs of a runtime; times in milliseconds. */
export class Metrics {
  readonly runs: number;
  /** Wall-clock milliseconds of the runs. */
  readonly totalTime: number;
  readonly memoryUsage: MemoryUsage;
  /** Results that came after their node was given up. */
  readonly lateResults: number;
  readonly #times: () => Readonly<Record<string, NodeTimes>>;
  #nodeTimes: Readonly<Record<string, NodeTimes>> | undefined;

  /** Made by a run or a runtime. */
  constructor(parts: MetricsParts) {
    this.runs = parts.runs;
    this.totalTime = parts.totalTime;
    this.memoryUsage = parts.memoryUsage;
    this.lateResults = parts.lateResults;
    this.#times = parts.times;
  }

  /** Times by node id. */
  get nodeTimes(): Readonly<Record<string, NodeTimes>> {
    return (this.#nodeTimes ??= this.#times());
  }

  /** The same numbers as plain data, units in the names. */
  toJSON(): MetricsDocument {
    const nodes = Object.entries(this.nodeTimes).map(([id, { count, retries, ...times }]) => {
      const named = Object.entries(times).map(([name, value]) => [`${name}Ms`, value] as const);
      return [id, { count, retries, ...Object.fromEntries(named) }] as const;
    });
    return {
      runs: this.runs,
      totalTimeMs: this.totalTime,
      lateResults: this.lateResults,
      nodes: Object.fromEntries(nodes) as MetricsDocument["nodes"],
      memoryBytes: this.memoryUsage,
    };
  }

  /** The same numbers in the text format that Prometheus scrapes, in its base units: seconds and bytes. */
  toPrometheus(): string {
    return toPrometheus(this.toJSON());
  }

  /**
   * Writes the numbers to a file.
   * @throws PolyloomError `invalid_option` for an unknown format
   */
  async export(path: string, { format = "json" }: { readonly format?: "json" | "prometheus" } = {}): Promise<void> {
    if (format !== "json" && format !== "prometheus")
      throw new PolyloomError(
        "invalid_option",
        `metrics are exported as "json" or "prometheus", not ${String(format)}`,
      );
    const { writeFile } = await import("node:fs/promises");
    await writeFile(path, format === "json" ? `${JSON.stringify(this, null, 2)}\n` : this.toPrometheus());
  }
}
