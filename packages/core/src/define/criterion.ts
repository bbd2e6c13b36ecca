import { PolyloomError } from "@polyloom/wire";
import { checkCount, requireNumber } from "./limit.ts";
import type { CovRef } from "./reference.ts";
import { show } from "./show.ts";

/** What a predicate of a cycle is told beside the value. */
export interface IterationInfo<T = unknown> {
  /** Counts from 1. */
  readonly iteration: number;
  /** The value of the iteration before; `undefined` in the first. */
  readonly previous: T | undefined;
  /** Milliseconds since the cycle began. */
  readonly elapsedMs: number;
  /** Earlier values, oldest first, as many as `historyWindow` asks for. */
  readonly history: readonly T[];
}

/** A predicate over the criterion's value after each iteration. */
export type CyclePredicate<T> = (value: T, info: IterationInfo<T>) => boolean;

/** A ready-made criterion: {@link delta}, {@link plateau}, {@link fixpoint}, {@link any} or {@link all}. */
export type Criterion =
  | { readonly kind: "delta"; readonly ref: unknown; readonly tolerance: number; readonly patience: number }
  | {
      readonly kind: "plateau";
      readonly ref: unknown;
      readonly tolerance: number;
      readonly patience: number;
      readonly goal: "min" | "max";
    }
  | { readonly kind: "fixpoint"; readonly ref: unknown; readonly patience: number }
  | { readonly kind: "any" | "all"; readonly of: readonly Criterion[] };

/** Settings that criteria share. */
export interface CriterionSettings {
  /** Iterations in a row for which it has to hold. Default 1. */
  readonly patience?: number;
}

/**
 * Holds when a number, or every number of a list, moved by less than `tolerance` since the iteration before.
 * @throws PolyloomError `invalid_option`
 */
export function delta(
  ref: CovRef<number> | CovRef<readonly number[]> | CovRef<readonly (readonly number[])[]> | CovRef<Float64Array>,
  tolerance: number,
  settings: CriterionSettings = {},
): Criterion {
  requireNumber(tolerance, "delta: tolerance", (n) => n > 0, "a finite number above 0");
  checkSettings(settings, "delta", ["patience"]);
  return made({ kind: "delta", ref, tolerance, patience: patienceOf(settings, 1) });
}

/**
 * Holds when the best value so far has not improved by more than `tolerance` for `patience` iterations.
 * @throws PolyloomError `invalid_option`
 */
export function plateau(
  ref: CovRef<number>,
  settings: CriterionSettings & { readonly tolerance?: number; readonly goal?: "min" | "max" } = {},
): Criterion {
  const tolerance = requireNumber(
    settings.tolerance ?? 0,
    "plateau: tolerance",
    (n) => n >= 0,
    "a finite number from 0",
  );
  checkSettings(settings, "plateau", ["patience", "tolerance", "goal"]);
  const goal = settings.goal ?? "min";
  if (goal !== "min" && goal !== "max")
    throw new PolyloomError("invalid_option", `plateau: goal has to be "min" or "max", not ${show(goal)}`);
  return made({ kind: "plateau", ref, tolerance, patience: patienceOf(settings, 3), goal });
}

/**
 * Holds when the value equals, in depth, the one of the iteration before.
 * @throws PolyloomError `invalid_option`
 */
export function fixpoint(ref: CovRef<unknown>, settings: CriterionSettings = {}): Criterion {
  checkSettings(settings, "fixpoint", ["patience"]);
  return made({ kind: "fixpoint", ref, patience: patienceOf(settings, 1) });
}

/** Holds when at least one of the criteria does. */
export function any(...of: readonly Criterion[]): Criterion {
  return made({ kind: "any", of: nonEmpty(of, "any") });
}

/** Holds when all the criteria do, in the same iteration. */
export function all(...of: readonly Criterion[]): Criterion {
  return made({ kind: "all", of: nonEmpty(of, "all") });
}

/** Criteria made by the functions above: what they hold was checked. */
const MADE = new WeakSet<object>();

/** Whether a value is a criterion that one of the functions above made. */
export function isCriterion(value: unknown): value is Criterion {
  return typeof value === "object" && value !== null && MADE.has(value);
}

function made(criterion: Criterion): Criterion {
  MADE.add(criterion);
  return Object.freeze(criterion);
}

/** A misspelt setting would silently be the default. */
function checkSettings(settings: object, owner: string, known: readonly string[]): void {
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new PolyloomError("invalid_option", `${owner} has no setting "${unknown}"; it has ${known.join(", ")}`);
}

/** A criterion without parts. */
export type LeafCriterion = Exclude<Criterion, { kind: "any" | "all" }>;

/** What a criterion goes by: how often in a row it held, and the value that the next one is compared with. */
export interface CriterionMemory {
  readonly held: number;
  readonly last: unknown;
}

/** One run of a criterion: told the value each iteration, it says whether the criterion holds. */
export interface CriterionTest {
  holds(value: unknown): boolean;
  /** To go on from, with {@link startCriterion}. */
  memory(): CriterionMemory;
}

/** Starts a criterion afresh, or from a memory; a dead value (`undefined`) never holds and starts its patience again. */
export function startCriterion(criterion: LeafCriterion, memory?: CriterionMemory): CriterionTest {
  const step = criterion.kind === "plateau" ? plateauStep(criterion) : stepFromPrevious(criterion);
  let { held, last } = memory ?? { held: 0, last: undefined };
  return {
    holds: (value) => {
      const { isHeld, next } = step(value, last);
      last = next;
      held = isHeld ? held + 1 : 0;
      return held >= criterion.patience;
    },
    memory: () => ({ held, last }),
  };
}

/** Compares a value with the last one; gives the one that the next is compared with. */
type CriterionStep = (value: unknown, last: unknown) => { readonly isHeld: boolean; readonly next: unknown };

function stepFromPrevious(criterion: Extract<Criterion, { kind: "delta" | "fixpoint" }>): CriterionStep {
  const isNear = (value: unknown, before: unknown): boolean =>
    criterion.kind === "delta" ? distance(value, before) < criterion.tolerance : isEqual(value, before);
  return (value, before) => ({
    isHeld: value !== undefined && before !== undefined && isNear(value, before),
    next: value,
  });
}

function plateauStep({ tolerance, goal }: Extract<Criterion, { kind: "plateau" }>): CriterionStep {
  return (value, best) => {
    if (typeof value !== "number" || Number.isNaN(value)) return { isHeld: false, next: best };
    const gain = typeof best !== "number" ? Infinity : goal === "min" ? best - value : value - best;
    return { isHeld: gain <= tolerance, next: gain > 0 ? value : best };
  };
}

function isEqual(a: unknown, b: unknown): boolean {
  return process.getBuiltinModule("node:util").isDeepStrictEqual(a, b);
}

/** Largest absolute difference; NaN, and so never below a tolerance, where the shapes differ. */
function distance(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b);
  if (!isList(a) || !isList(b) || a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const each = distance(a[i], b[i]);
    if (Number.isNaN(each)) return each;
    if (each > largest) largest = each;
  }
  return largest;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function patienceOf(settings: CriterionSettings, byDefault: number): number {
  return settings.patience === undefined ? byDefault : checkCount(settings.patience, "patience");
}

function nonEmpty(of: readonly Criterion[], name: string): readonly Criterion[] {
  if (of.length > 0 && of.every(isCriterion)) return of;
  throw new PolyloomError("invalid_option", `${name}(…) takes one criterion or more`);
}
