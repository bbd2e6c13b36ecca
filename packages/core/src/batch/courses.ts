import type { Plan } from "../plan/plan.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";
import { isWide } from "./width.ts";

/** A node that takes longer than this, in milliseconds, may as well go alone. */
const WORTH_A_MESSAGE_MS = 1;

/** How far a cycle is that runs in batches. */
interface Course {
  readonly checkpoint: CycleCheckpoint;
  /** Milliseconds that it ran in batches that are over. */
  readonly before: number;
  /** The same, with the one that it was told of last. */
  readonly busyMs: number;
}

/** The cycles of a run that go from place to place: how far each is, which of them wait, and how much is left of each. */
export class Courses {
  readonly #plan: Plan;
  readonly #courses: Map<number, Course> = new Map();
  readonly #paused: Set<number> = new Set();

  /** One for each run. */
  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Where a cycle, as a unit, goes on. */
  checkpointOf(unit: number): CycleCheckpoint | undefined {
    return this.#courses.get(unit)?.checkpoint;
  }

  /** A cycle is so far, after so many milliseconds of its batch. */
  reached(unit: number, checkpoint: CycleCheckpoint, tookMs: number): void {
    const before = this.#courses.get(unit)?.before ?? 0;
    this.#courses.set(unit, { checkpoint, before, busyMs: before + tookMs });
  }

  /** Its batch is over, and it waits for a place. */
  pause(unit: number): void {
    const course = this.#courses.get(unit)!;
    this.#courses.set(unit, { ...course, before: course.busyMs });
    this.#paused.add(unit);
  }

  end(unit: number): void {
    this.#courses.delete(unit);
  }

  /** Takes the waiting cycle of which most is left: so all end at about the same time. */
  takeLongest(): number | undefined {
    const longest = this.#longest();
    if (longest !== undefined) this.#paused.delete(longest);
    return longest;
  }

  /** Whether one that waits has more left than this one, by so many milliseconds. */
  isOutlasted(unit: number, byMs: number): boolean {
    const longest = this.#longest();
    return longest !== undefined && this.leftOf(longest) > this.leftOf(unit) + byMs;
  }

  /** About how many milliseconds are left of a cycle; of one without a maximum, as many as it took so far. */
  leftOf(unit: number): number {
    const { checkpoint, busyMs } = this.#courses.get(unit)!;
    const { maxIterations } = this.#plan.cycles[unit - this.#plan.steps.length]!;
    if (maxIterations === Infinity) return busyMs;
    return (maxIterations / iterationsOf(checkpoint) - 1) * busyMs;
  }

  /** Whether nodes of a body that do not wait for each other are worth a message each: then they run at the same time. */
  isBetterApart(unit: number, workers: number): boolean {
    const { steps, cycles } = this.#plan;
    const { checkpoint, busyMs } = this.#courses.get(unit)!;
    const cycle = cycles[unit - steps.length]!;
    if (workers === 1 || busyMs / iterationsOf(checkpoint) / cycle.steps.length < WORTH_A_MESSAGE_MS) return false;
    return isWide(this.#plan, cycle);
  }

  #longest(): number | undefined {
    let longest: number | undefined;
    for (const unit of this.#paused)
      if (longest === undefined || this.leftOf(unit) > this.leftOf(longest)) longest = unit;
    return longest;
  }
}

/** Completed iterations of the cycle itself, which stands before those within it. */
export function iterationsOf({ cycles: [own] }: CycleCheckpoint): number {
  return own![1].iterations;
}
