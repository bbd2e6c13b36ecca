import type { Plan } from "../plan/plan.ts";
import { Histogram } from "./histogram.ts";

/** Times of one node, in milliseconds. */
export interface NodeTimes {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** Median and 95th percentile, from logarithmic buckets. */
  readonly p50: number;
  readonly p95: number;
  /** Waiting for a slot after the inputs were settled, in all. */
  readonly queueWait: number;
  readonly retries: number;
}

/** Sums behind {@link NodeTimes}; they can be added up over runs. */
export interface NodeSums {
  count: number;
  total: number;
  min: number;
  max: number;
  queueWait: number;
  retries: number;
  histogram: Histogram | undefined;
}

/** Takes the times of one run's nodes: one array a sum, indexed by step. */
export class NodeTiming {
  readonly #plan: Plan;
  readonly #readyAt: Float64Array;
  readonly #count: Uint32Array;
  readonly #total: Float64Array;
  /** Only there once a node ran twice: the least and the most of a single time is that time. */
  #range: { readonly min: Float64Array; readonly max: Float64Array } | undefined;
  readonly #wait: Float64Array;
  readonly #retries: Map<number, number> = new Map();
  readonly #elsewhere: Map<number, NodeSums> = new Map();
  readonly #histograms: (Histogram | undefined)[] = [];

  /** Starts without a time. */
  constructor(plan: Plan) {
    const { length } = plan.steps;
    this.#plan = plan;
    this.#readyAt = new Float64Array(plan.waits.length);
    this.#count = new Uint32Array(length);
    this.#total = new Float64Array(length);
    this.#wait = new Float64Array(length);
  }

  /** A unit became ready at about this time. */
  ready(unit: number, now: number): void {
    this.#readyAt[unit] = now;
  }

  /** A step started at `startedAt` and ended after `milliseconds`. */
  ran(step: number, startedAt: number, milliseconds: number): void {
    const readyAt = this.#readyAt[step]!;
    if (readyAt > 0 && startedAt > readyAt) this.#wait[step]! += startedAt - readyAt;
    if (++this.#count[step]! > 1) this.#ranAgain(step, milliseconds);
    this.#total[step]! += milliseconds;
  }

  #ranAgain(step: number, milliseconds: number): void {
    const { length } = this.#count;
    const { min, max } = (this.#range ??= { min: new Float64Array(length), max: new Float64Array(length) });
    if (this.#count[step] === 2) min[step] = max[step] = this.#total[step]!;
    this.#histogramOf(step, this.#total[step]!).add(milliseconds);
    if (milliseconds < min[step]!) min[step] = milliseconds;
    if (milliseconds > max[step]!) max[step] = milliseconds;
  }

  retried(step: number): void {
    this.#retries.set(step, (this.#retries.get(step) ?? 0) + 1);
  }

  /** Adds the sums of every node that ran to those of others, by id. */
  addTo(sums: Map<string, NodeSums>): void {
    for (const { index, id, kind } of this.#plan.steps) {
      const own = kind === "relay" ? undefined : this.sumsOf(index);
      if (own === undefined) continue;
      const known = sums.get(id);
      if (known) addSums(known, own);
      else sums.set(id, own);
    }
  }

  /** What was taken elsewhere of a step. */
  tookElsewhere(step: number, sums: NodeSums): void {
    const known = this.#elsewhere.get(step);
    if (known) addSums(known, sums);
    else this.#elsewhere.set(step, sums);
  }

  /** The sums of a step; `undefined` where it never ran. */
  sumsOf(step: number): NodeSums | undefined {
    const elsewhere = this.#elsewhere.size > 0 ? this.#elsewhere.get(step) : undefined;
    if (this.#count[step] === 0) return elsewhere && { ...elsewhere };
    const sums = this.#sumsHere(step);
    if (elsewhere) addSums(sums, elsewhere);
    return sums;
  }

  #sumsHere(step: number): NodeSums {
    return {
      count: this.#count[step]!,
      total: this.#total[step]!,
      min: this.#count[step] === 1 ? this.#total[step]! : this.#range!.min[step]!,
      max: this.#count[step] === 1 ? this.#total[step]! : this.#range!.max[step]!,
      queueWait: this.#wait[step]!,
      retries: this.#retries.get(step) ?? 0,
      // A copy: whoever gets it may add to it.
      histogram: this.#histograms[step] && Histogram.from(this.#histograms[step].data),
    };
  }

  /** A node that ran once needs no buckets: most nodes of most runs. */
  #histogramOf(step: number, first: number): Histogram {
    const known = this.#histograms[step];
    if (known !== undefined) return known;
    const histogram = new Histogram();
    histogram.add(first);
    this.#histograms[step] = histogram;
    return histogram;
  }
}

function addSums(to: NodeSums, from: NodeSums): void {
  to.histogram ??= histogramOf(to);
  if (from.histogram) to.histogram.merge(from.histogram);
  else to.histogram.add(from.total, from.count);
  to.count += from.count;
  to.total += from.total;
  to.min = Math.min(to.min, from.min);
  to.max = Math.max(to.max, from.max);
  to.queueWait += from.queueWait;
  to.retries += from.retries;
}

function histogramOf({ total, count }: NodeSums): Histogram {
  const histogram = new Histogram();
  histogram.add(total, count);
  return histogram;
}

/** The times that sums amount to. */
export function timesOf({ histogram, ...sums }: NodeSums): NodeTimes {
  const { count, total, min, max } = sums;
  const p50 = histogram?.percentile(0.5) ?? total;
  const p95 = histogram?.percentile(0.95) ?? total;
  const within = (value: number): number => Math.min(Math.max(value, min), max);
  return Object.freeze({ ...sums, mean: total / count, p50: within(p50), p95: within(p95) });
}
