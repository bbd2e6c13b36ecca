import type { Outputs } from "./inputs.ts";
import { type RunState, Status } from "./run-state.ts";

/** What the steps of a body were when its last iteration was completed: an interrupted one is undone to it. */
export class CycleSnapshot {
  readonly #steps: readonly number[];
  #places: ReadonlyMap<number, number> | undefined;
  #outputs: Outputs = [];
  #status: Uint8Array = new Uint8Array(0);

  /** `steps` are those of the body, nested cycles included. */
  constructor(steps: readonly number[]) {
    this.#steps = steps;
  }

  /** Outputs of a step. */
  outputsOf(step: number): Record<string, unknown> | undefined {
    this.#places ??= new Map(this.#steps.map((each, place) => [each, place] as const));
    return this.#outputs[this.#places.get(step)!];
  }

  /** Takes over what was committed elsewhere, in the order of the steps. */
  adopt(outputs: Readonly<Outputs>): void {
    this.#outputs = [...outputs];
    this.#status = Uint8Array.from(outputs, (each) => (each === undefined ? Status.skipped : Status.completed));
  }

  commit({ outputs, status }: RunState): void {
    const { length } = this.#steps;
    if (this.#outputs.length === 0) {
      this.#outputs = new Array<undefined>(length).fill(undefined);
      this.#status = new Uint8Array(length);
    }
    for (let i = 0; i < length; i++) {
      this.#outputs[i] = outputs[this.#steps[i]!];
      this.#status[i] = status[this.#steps[i]!]!;
    }
  }

  /** Puts it back; a node that failed stays so, and dead. */
  restore({ outputs, status }: RunState): void {
    this.#steps.forEach((step, i) => {
      if (status[step] === Status.failed) return;
      outputs[step] = this.#outputs[i];
      status[step] = this.#status[i]!;
    });
  }
}
