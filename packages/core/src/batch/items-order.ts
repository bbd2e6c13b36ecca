import { assertTransferable } from "@polyloom/wire";
import type { Run } from "../execute/run.ts";
import type { Step } from "../plan/plan.ts";
import type { BatchOrder } from "./order.ts";
import { orderSettings } from "./order-settings.ts";

/** Items of a map: their numbers, and the values of each port. */
export interface Items {
  readonly indices: readonly number[];
  readonly lists: Readonly<Record<string, ArrayLike<unknown>>>;
  /** What all items of the map get, checked already. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Whether another place may take some of them. */
  readonly divisible: boolean;
}

/** Items of a map as an order: the map is a part of its own, with lists that hold those items only. @throws PolyloomError `not_transferable` */
export function itemsOrder(run: Run, { id, definition, map }: Step, { indices, lists, shared }: Items): BatchOrder {
  assertTransferable(lists, id);
  assertTransferable(shared, id);
  const values = { ...shared, ...lists };
  const inputs = Object.entries(values).map(([port, value]) => ({
    port,
    connection: undefined,
    literal: { kind: "literal", value } as const,
    slots: [],
  }));
  const step = { id, node: 0, inputs, scope: -1, map: { each: map!.each }, indices, urgent: false };
  const next = { start: new Int32Array(2), targets: new Int32Array(0) };
  const settings = orderSettings(run);
  return {
    ...settings,
    // The first item that fails is the map's failure: the others are not wanted any more.
    settings: { ...settings.settings, onFailure: "stop" },
    part: {
      references: [definition!.reference!],
      steps: [step],
      given: [],
      cycles: [],
      next,
      moves: undefined,
      slots: 0,
    },
    strands: [[0]],
    begun: id,
  };
}
