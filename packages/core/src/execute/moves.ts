import type { Move, MovesPlan } from "../plan/moves.ts";
import type { Outputs } from "./inputs.ts";

/** Output ports whose buffers are moved to whoever reads them last; they are then no longer among the outputs. */
export class Moves {
  readonly #plan: MovesPlan;
  readonly #outputs: Outputs;
  readonly #left: number[];

  /** `outputs` are those of the run. */
  constructor(plan: MovesPlan, outputs: Outputs) {
    this.#plan = plan;
    this.#outputs = outputs;
    this.#left = [...plan.uses];
  }

  /** Whether a step reads something that may move. */
  concern(step: number): boolean {
    return this.#of(step).length > 0;
  }

  /** A step has read its inputs, but for those that were `given`: the ports that it has for itself now. */
  take(step: number, given: Readonly<Record<string, unknown>> | undefined): readonly string[] {
    const moved: string[] = [];
    for (const { at, port, source } of this.#of(step)) {
      if (--this.#left[at]! > 0 || (given !== undefined && Object.hasOwn(given, port))) continue;
      moved.push(port);
      this.#outputs[source.step] = without(this.#outputs[source.step], String(source.path[0]));
    }
    return moved;
  }

  /** A step did not run after all. */
  giveBack(step: number): void {
    for (const { at } of this.#of(step)) this.#left[at]!++;
  }

  /** What moves among steps that run elsewhere together: ports that nobody but those has still to read. */
  among(readers: readonly number[]): readonly (readonly [reader: number, move: Move])[] {
    const found = readers.flatMap((reader) => this.#of(reader).map((move) => [reader, move] as const));
    const counts = new Map<number, number>();
    for (const [, { at }] of found) counts.set(at, (counts.get(at) ?? 0) + 1);
    return found.filter(([, { at }]) => counts.get(at) === this.#left[at]);
  }

  #of(step: number): readonly Move[] {
    return this.#plan.byStep.get(step) ?? [];
  }
}

function without(outputs: Outputs[number], port: string): Outputs[number] {
  if (outputs === undefined) return undefined;
  const { [port]: _moved, ...rest } = outputs;
  return rest;
}
