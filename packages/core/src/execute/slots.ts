import type { Step } from "../plan/plan.ts";

interface Group {
  readonly limit: number;
  readonly waiting: Set<number>;
  running: number;
}

/** Counts running tasks, in all and by group (S5). */
export class Slots {
  readonly #most: number;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #ready: (unit: number) => void;
  #running = 0;

  /** `ready` gets a unit back whose group has room again. */
  constructor(most: number, groupLimits: Readonly<Record<string, number>>, ready: (unit: number) => void) {
    this.#most = most;
    this.#ready = ready;
    this.#groups = new Map(
      Object.entries(groupLimits).map(([name, limit]) => [name, { limit, waiting: new Set<number>(), running: 0 }]),
    );
  }

  /** Tasks that hold a slot. */
  get running(): number {
    return this.#running;
  }

  get free(): boolean {
    return this.#running < this.#most;
  }

  /** Whether the step has to wait for its group; it is handed back when there is room. */
  defer(step: Step): boolean {
    const group = this.#groupOf(step);
    if (group === undefined || group.running < group.limit) return false;
    group.waiting.add(step.index);
    return true;
  }

  take(step: Step): void {
    this.#running++;
    const group = this.#groupOf(step);
    if (group !== undefined) group.running++;
  }

  release(step: Step): void {
    this.#running--;
    const group = this.#groupOf(step);
    if (group === undefined) return;
    group.running--;
    for (const unit of group.waiting) this.#ready(unit);
    group.waiting.clear();
  }

  /** Units that are not wanted any more do not come back. */
  forget(units: readonly number[]): void {
    for (const { waiting } of this.#groups.values()) for (const unit of units) waiting.delete(unit);
  }

  #groupOf(step: Step): Group | undefined {
    if (this.#groups.size === 0) return undefined;
    const name = step.definition?.group;
    return name === undefined ? undefined : this.#groups.get(name);
  }
}
