import type { Step } from "../plan/plan.ts";
import { ReadyQueue } from "./ready-queue.ts";

interface Group {
  readonly limit: number;
  readonly waiting: ReadyQueue;
  running: number;
}

/** Counts running tasks, in all and by group (S5). */
export class Slots {
  readonly #most: number;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #ready: (unit: number) => void;
  #running = 0;

  /** `order` gives each unit's place; `ready` gets a unit back whose group may have room again. */
  constructor(
    most: number,
    groupLimits: Readonly<Record<string, number>>,
    order: ArrayLike<number>,
    ready: (unit: number) => void,
  ) {
    this.#most = most;
    this.#ready = ready;
    this.#groups = new Map(
      Object.entries(groupLimits).map(([name, limit]) => [name, { limit, waiting: new ReadyQueue(order), running: 0 }]),
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
    if (group === undefined) return false;
    const isFull = group.running >= group.limit;
    if (isFull) group.waiting.push(step.index);
    // This one may turn out to have nothing to run: the next finds out for itself whether there is room.
    else this.#handBack(group);
    return isFull;
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
    this.#handBack(group);
  }

  /** Hands back the first that waits: one at a time, however many there are. */
  #handBack({ waiting }: Group): void {
    const unit = waiting.pop();
    if (unit !== undefined) this.#ready(unit);
  }

  /** Units that are not wanted any more do not come back. */
  forget(units: readonly number[]): void {
    for (const { waiting } of this.#groups.values()) for (const unit of units) waiting.remove(unit);
  }

  #groupOf(step: Step): Group | undefined {
    if (this.#groups.size === 0) return undefined;
    const name = step.definition?.group;
    return name === undefined ? undefined : this.#groups.get(name);
  }
}
