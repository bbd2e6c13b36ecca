import { median } from "./median.ts";
import type { Row } from "./row.ts";
import type { Sample } from "./sample.ts";

/** Whether a row meets its target; `failed` where nothing could be measured. */
export type Verdict = "met" | "missed" | "reported" | "failed";

/** What all processes together say of a row; `ours` and `floor` are in the row's unit. */
export interface Figure extends Row {
  readonly ours?: number;
  readonly floor?: number;
  /** Median of the ratios of each process, with the least and the largest. */
  readonly ratio?: Spread;
  /** What the target speaks of: the ratio, `ours`, or what `ours` has above the floor. */
  readonly judged?: Spread;
  readonly verdict: Verdict;
  /** Why nothing could be measured. */
  readonly error?: string;
  /** How many processes measured it. */
  readonly processes: number;
}

/** A median over processes, with the least and the largest. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly largest: number;
}

/** Sums up what processes measured of a row, and judges it. */
export function figureOf(row: Row, samples: readonly Sample[]): Figure {
  const own = samples.filter((sample) => sample.row === row.name);
  if (own.length === 0) return failedFigure(row, "it gave no figure");
  const floors = own.flatMap(({ floor }) => floor ?? []);
  const ratios = own.flatMap(({ ours, floor }) => (floor === undefined || floor === 0 ? [] : ours / floor));
  const judged = spreadOf(row.target.kind === "ratio" ? ratios : own.map((sample) => judgedValue(row, sample)));
  return {
    ...row,
    ours: median(own.map(({ ours }) => ours)),
    ...(floors.length > 0 && { floor: median(floors) }),
    ...(ratios.length > 0 && { ratio: spreadOf(ratios) }),
    judged,
    verdict: row.target.kind === "reported" ? "reported" : judged.median <= row.target.most ? "met" : "missed",
    processes: own.length,
  };
}

/** A row that could not be measured: one with a target counts as missed where targets are checked. */
export function failedFigure(row: Row, error: string): Figure {
  return { ...row, verdict: "failed", error, processes: 0 };
}

/** Whether a row has a target that it does not meet. */
export function misses({ verdict, target }: Figure): boolean {
  return verdict === "missed" || (verdict === "failed" && target.kind !== "reported");
}

function judgedValue({ target }: Row, { ours, floor = 0 }: Sample): number {
  return target.kind === "excess" ? ours - floor : ours;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), largest: Math.max(...values) };
}
