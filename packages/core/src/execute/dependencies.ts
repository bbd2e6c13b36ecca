import type { Plan } from "../plan/plan.ts";

/** Which units still wait for which: whatever waits for nothing more is ready. */
export class Dependencies {
  readonly #plan: Plan;
  readonly #pending: Int32Array;
  readonly #ready: (unit: number) => void;

  /** `ready` is told of each unit that waits for nothing more. */
  constructor(plan: Plan, ready: (unit: number) => void) {
    this.#plan = plan;
    this.#pending = plan.waits.slice();
    this.#ready = ready;
  }

  /** Starts what waits for nothing. */
  start(): void {
    for (const unit of this.#plan.units) if (this.#pending[unit] === 0) this.#ready(unit);
  }

  /** For how many units a unit still waits. */
  of(unit: number): number {
    return this.#pending[unit]!;
  }

  /** A unit is done with; whoever waited for it may be ready. */
  settle(unit: number): void {
    const { start, targets } = this.#plan.next;
    for (let e = start[unit]!, end = start[unit + 1]!; e < end; e++)
      if (--this.#pending[targets[e]!]! === 0) this.#ready(targets[e]!);
  }

  /** Makes the units of a body wait again, and starts those that wait for nothing. */
  restart(units: readonly number[]): void {
    for (let i = 0; i < units.length; i++) this.#pending[units[i]!] = this.#plan.waits[units[i]!]!;
    for (let i = 0; i < units.length; i++) if (this.#pending[units[i]!] === 0) this.#ready(units[i]!);
  }
}
