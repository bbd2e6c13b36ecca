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

  /** Whether one of the step's waits; those that were cancelled meanwhile do not. */
  has(step: number): boolean {
    const waiting = this.#byStep.size > 0 ? this.#byStep.get(step) : undefined;
    if (waiting === undefined) return false;
    while (waiting[0]?.over === true) waiting.shift();
    if (waiting.length === 0) this.#byStep.delete(step);
    return waiting.length > 0;
  }

  /** The one of the step's that waits longest; ask {@link has} first. */
  take(step: number): Activation {
    return this.#byStep.get(step)!.shift()!;
  }
}
