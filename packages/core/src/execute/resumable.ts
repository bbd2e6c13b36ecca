import type { Activation } from "./activation.ts";

/** Activations whose wait for another attempt is over, by step: they want a slot. */
export class Resumable {
  readonly #byStep: Map<number, Activation[]> = new Map();

  add(activation: Activation): void {
    const { index } = activation.step;
    const waiting = this.#byStep.get(index);
    if (waiting) waiting.push(activation);
    else this.#byStep.set(index, [activation]);
  }

  /** Whether one of the step's waits. */
  has(step: number): boolean {
    return this.#byStep.size > 0 && this.#byStep.has(step);
  }

  /** The one of the step's that waits longest. */
  take(step: number): Activation {
    const waiting = this.#byStep.get(step)!;
    const next = waiting.shift()!;
    if (waiting.length === 0) this.#byStep.delete(step);
    return next;
  }
}
