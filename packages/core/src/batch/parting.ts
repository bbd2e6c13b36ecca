import { movableBuffers } from "@polyloom/wire";
import type { Step } from "../plan/plan.ts";
import type { PartSource, PlanPart } from "./order.ts";

type Values = Readonly<Record<string, unknown>>;

/** Decides what of a step's outputs leaves its place: what moves on within the batch does not. */
export class Parting {
  /** Ports that move to another step of the batch. */
  readonly #staying: ReadonlySet<string>;
  /** Ports that a step of the batch reads. */
  readonly #read: ReadonlySet<string>;

  /** One for each batch. */
  constructor({ steps, moves }: PlanPart) {
    const sources = (moves?.byStep ?? []).flatMap(([, each]) => each.map(({ source }) => source));
    this.#staying = new Set(sources.flatMap(keysOf));
    this.#read = new Set(steps.flatMap(({ inputs }) => inputs.flatMap(({ connection }) => keysOf(connection))));
  }

  /** The outputs to be told; adds the buffers in them that are not needed here any more. */
  of({ index, definition }: Step, values: Values, buffers: ArrayBuffer[]): Values {
    const told: Record<string, unknown> = {};
    for (const port of Object.keys(values)) {
      if (this.#staying.has(`${index} ${port}`)) continue;
      told[port] = values[port];
      if (definition!.transfer!.includes(port) && !this.#read.has(`${index} ${port}`))
        buffers.push(...movableBuffers(values[port]));
    }
    return told;
  }
}

function keysOf(source: PartSource | undefined): string[] {
  if (source === undefined || source.kind === "literal") return [];
  if (source.kind === "reference") return [`${source.step} ${String(source.path[0])}`];
  return source.kind === "first" ? source.of.flatMap(keysOf) : source.entries.flatMap(([, each]) => keysOf(each));
}
