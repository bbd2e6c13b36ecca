import type { FeedbackPlan } from "../plan/plan.ts";
import { type Outputs, resolve } from "./inputs.ts";

/** What slots hold: the values that are carried, and those that the inputs had. */
export interface FeedbackContent {
  readonly values: readonly unknown[];
  readonly last: readonly unknown[];
}

/** Values that cycles carry from one iteration to the next: one slot for each back edge. */
export class Feedback {
  #values: unknown[];
  #last: unknown[];

  /** As many slots as the plan has back edges. */
  constructor(slots: number) {
    this.#values = new Array<undefined>(slots).fill(undefined);
    this.#last = new Array<undefined>(slots).fill(undefined);
  }

  /** The first filled slot, the innermost cycle's before those around it (S6). */
  read(slots: readonly number[]): unknown {
    let value: unknown;
    for (let i = 0; i < slots.length && value === undefined; i++) value = this.#values[slots[i]!];
    return value;
  }

  /** Notes the value that an input had, for feedback that turns out to have none. */
  note(slots: readonly number[], value: unknown): void {
    for (let i = 0; i < slots.length; i++) this.#last[slots[i]!] = value;
  }

  /** All that it holds, by slot: to go on from elsewhere. */
  get content(): FeedbackContent {
    return { values: this.#values, last: this.#last };
  }

  set content({ values, last }: FeedbackContent) {
    this.#values = [...values];
    this.#last = [...last];
  }

  /** Empties the slots of a cycle that starts afresh. */
  clear(feedback: readonly FeedbackPlan[]): void {
    for (const { slot } of feedback) this.#values[slot] = this.#last[slot] = undefined;
  }

  /** Fills the slots after an iteration; where the source gave no value the input keeps the one it had (C12). */
  capture(feedback: readonly FeedbackPlan[], outputs: Outputs): void {
    for (let i = 0; i < feedback.length; i++) {
      const { slot, source } = feedback[i]!;
      const value = resolve(source, outputs);
      if (value !== undefined) this.#values[slot] = value;
      else if (this.#values[slot] === undefined) this.#values[slot] = this.#last[slot];
    }
  }
}
