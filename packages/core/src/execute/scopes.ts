import type { PolyloomError } from "@polyloom/wire";
import type { Plan } from "../plan/plan.ts";
import type { CycleRun } from "./cycle-run.ts";

/** The cycles around a step, from the innermost outwards, and the run around them all (scope -1). */
export class Scopes {
  readonly #plan: Plan;
  readonly #cycles: readonly CycleRun[];
  readonly #controller: AbortController = new AbortController();

  /** One for each run. */
  constructor(plan: Plan, cycles: readonly CycleRun[]) {
    this.#plan = plan;
    this.#cycles = cycles;
  }

  /** The signal of the innermost scope that can be interrupted by itself. */
  signalOf(scope: number): AbortSignal {
    return scope < 0 ? this.#controller.signal : this.#cycles[scope]!.signal!;
  }

  /** The running iteration of a cycle, from 1; 0 outside cycles. */
  iterationOf(scope: number): number {
    return scope < 0 ? 0 : this.#cycles[scope]!.iteration;
  }

  /** Whether every cycle around goes on: nothing of a body starts whose time is over. */
  isOpen(scope: number): boolean {
    for (let at = scope; at >= 0; at = this.#plan.cycles[at]!.parent) if (!this.#cycles[at]!.isOpen) return false;
    return true;
  }

  noteCompleted(scope: number): void {
    for (let at = scope; at >= 0; at = this.#plan.cycles[at]!.parent) this.#cycles[at]!.noteCompleted();
  }

  noteFailed(scope: number): void {
    for (let at = scope; at >= 0; at = this.#plan.cycles[at]!.parent) this.#cycles[at]!.noteFailed();
  }

  /** Tells every running node that the run is over. */
  abort(reason: PolyloomError): void {
    this.#controller.abort(reason);
    for (const cycle of this.#cycles) cycle.abort(reason);
  }
}
