import { assertTransferable } from "@polyloom/wire";
import type { Step } from "../plan/plan.ts";

type State = Record<string, unknown>;

/** What nodes keep from one iteration to the next (C8), by step and by item of a map. */
export class NodeStates {
  readonly #states: Map<number, Map<number, State>> = new Map();

  /**
   * The state of a step; where a failed attempt has to be undone, a copy of it.
   * @throws PolyloomError `not_transferable` when a copy is needed and the state is no plain data
   */
  borrow(step: Step, item: number | undefined, undoable: boolean): State {
    const kept = this.#states.get(step.index)?.get(item ?? -1);
    if (kept === undefined) return {};
    if (!undoable) return kept;
    assertTransferable(kept, `${step.id}: state`);
    return structuredClone(kept);
  }

  /** Keeps what a successful attempt left; outside cycles nothing is kept. */
  keep(step: Step, item: number | undefined, state: State): void {
    if (step.scope < 0) return;
    const known = this.#states.get(step.index);
    if (known) known.set(item ?? -1, state);
    else this.#states.set(step.index, new Map([[item ?? -1, state]]));
  }

  /** What a step keeps; of a map a list, one an item. */
  of(step: number): State | readonly (State | undefined)[] | undefined {
    const items = this.#states.get(step);
    if (items === undefined || items.has(-1)) return items?.get(-1);
    const list: (State | undefined)[] = [];
    for (const [item, state] of items) list[item] = state;
    return list;
  }

  /** All that is kept: to go on from elsewhere. */
  entries(): [step: number, item: number, state: State][] {
    return [...this.#states].flatMap(([step, items]) =>
      [...items].map(([item, state]) => [step, item, state] as [number, number, State]),
    );
  }

  forget(steps: readonly number[]): void {
    if (this.#states.size > 0) for (const step of steps) this.#states.delete(step);
  }
}
