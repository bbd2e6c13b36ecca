import { PolyloomError } from "@polyloom/wire";
import type { Step } from "../plan/plan.ts";
import type { Run } from "./run.ts";

/** The signal of one attempt, and its time where that is limited (K1). */
export class AttemptLimit {
  readonly controller: AbortController = new AbortController();
  /** Whether its time is over, and it was told so. */
  isOver = false;
  readonly #run: Run;
  #deadline = Infinity;
  #timer: unknown;

  /** `timeoutMs` counts from here. */
  constructor(run: Run, step: Step, timeoutMs: number | undefined, giveUp: () => void) {
    this.#run = run;
    if (timeoutMs === undefined) return;
    this.#timer = run.clock.set(() => this.#timeOut(step.id, timeoutMs, giveUp), timeoutMs);
    this.#deadline = run.clock.now() + timeoutMs;
  }

  /** Whether its time went by, perhaps in code that let no timer fire. */
  get isLate(): boolean {
    return this.#deadline < Infinity && this.#run.clock.now() >= this.#deadline;
  }

  close(): void {
    if (this.#timer !== undefined) this.#run.clock.clear(this.#timer);
  }

  #timeOut(id: string, timeoutMs: number, giveUp: () => void): void {
    this.isOver = true;
    this.controller.abort(new PolyloomError("node_timeout", `node "${id}" ran longer than ${timeoutMs} ms`));
    this.#timer = this.#run.clock.set(giveUp, this.#run.settings.graceMs);
  }
}
