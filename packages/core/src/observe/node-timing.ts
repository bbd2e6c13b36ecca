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
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #wait: Float64Array;
  readonly #retries: Map<number, number> = new Map();
  readonly #histograms: Map<number, Histogram> = new Map();

  /** Starts without a time. */
  constructor(plan: Plan) {
    const { length } = plan.steps;
    this.#plan = plan;
    this.#readyAt = new Float64Array(plan.waits.length);
    this.#count = new Uint32Array(length);
    this.#total = new Float64Array(length);
    this.#min = new Float64Array(length).fill(Infinity);
    this.#max = new Float64Array(length);
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
    const total = this.#total[step]!;
    if (++this.#count[step]! > 1) this.#histogramOf(step, total).add(milliseconds);
    this.#total[step] = total + milliseconds;
    if (milliseconds < this.#min[step]!) this.#min[step] = milliseconds;
    if (milliseconds > this.#max[step]!) this.#max[step] = milliseconds;
  }

  /** Adds the sums of another run of the same plan. */
  add(other: NodeTiming): void {
    for (let step = 0; step < this.#count.length; step++) if (other.#count[step]! > 0) this.#addStep(step, other);
    for (const [step, retries] of other.#retries) this.#retries.set(step, (this.#retries.get(step) ?? 0) + retries);
  }

  #addStep(step: number, other: NodeTiming): void {
    const histogram = other.#histograms.get(step);
    const total = this.#total[step]!;
    if (histogram !== undefined) this.#histogramOf(step, total).merge(histogram);
    else if (this.#count[step]! > 0) this.#histogramOf(step, total).add(other.#total[step]!);
    this.#count[step]! += other.#count[step]!;
    this.#total[step] = total + other.#total[step]!;
    this.#wait[step]! += other.#wait[step]!;
    if (other.#min[step]! < this.#min[step]!) this.#min[step] = other.#min[step]!;
    if (other.#max[step]! > this.#max[step]!) this.#max[step] = other.#max[step]!;
  }

  retried(step: number): void {
    this.#retries.set(step, (this.#retries.get(step) ?? 0) + 1);
  }

  /** Adds the sums of every node that ran to those of others, by id. */
  addTo(sums: Map<string, NodeSums>): void {
    for (const { index, id, kind } of this.#plan.steps) {
      if (kind === "relay" || this.#count[index] === 0) continue;
      const known = sums.get(id);
      if (known) addSums(known, this.#sumsOf(index));
      else sums.set(id, this.#sumsOf(index));
    }
  }

  #sumsOf(step: number): NodeSums {
    return {
      count: this.#count[step]!,
      total: this.#total[step]!,
      min: this.#min[step]!,
      max: this.#max[step]!,
      queueWait: this.#wait[step]!,
      retries: this.#retries.get(step) ?? 0,
      histogram: this.#histograms.get(step),
    };
  }

  /** A node that ran once needs no buckets: most nodes of most runs. */
  #histogramOf(step: number, first: number): Histogram {
    const known = this.#histograms.get(step);
    if (known !== undefined) return known;
    const histogram = new Histogram();
    const counted = this.#count[step]!;
    if (counted > 0) histogram.add(first);
    this.#histograms.set(step, histogram);
    return histogram;
  }
}

function addSums(to: NodeSums, from: NodeSums): void {
  const histogram = new Histogram();
  for (const each of [to, from])
    if (each.histogram) histogram.merge(each.histogram);
    else histogram.add(each.total, each.count);
  to.histogram = histogram;
  to.count += from.count;
  to.total += from.total;
  to.min = Math.min(to.min, from.min);
  to.max = Math.max(to.max, from.max);
  to.queueWait += from.queueWait;
  to.retries += from.retries;
}

/** The times that sums amount to. */
export function timesOf({ histogram, ...sums }: NodeSums): NodeTimes {
  const { count, total, min, max } = sums;
  const p50 = histogram?.percentile(0.5) ?? total;
  const p95 = histogram?.percentile(0.95) ?? total;
  const within = (value: number): number => Math.min(Math.max(value, min), max);
  return Object.freeze({ ...sums, mean: total / count, p50: within(p50), p95: within(p95) });
}
