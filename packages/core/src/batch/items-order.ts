import { assertTransferable } from "@polyloom/wire";
import type { Run } from "../execute/run.ts";
import type { Step } from "../plan/plan.ts";
import type { BatchOrder, PlanPart } from "./order.ts";
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
  const ports = { ...shared, ...lists };
  const inputs = Object.keys(ports).map((port, at) => ({ port, literal: { kind: "literal", at } as const }));
  const values = [...Object.values(ports), indices];
  const step = { id, node: 0, inputs, map: { each: map!.each }, indices: values.length - 1 };
  const part: PlanPart = { steps: [step], given: [], cycles: [], next: [[]], strands: [[0]], slots: 0 };
  const settings = orderSettings(run);
  return {
    ...settings,
    // The first item that fails is the map's failure: the others are not wanted any more.
    settings: { ...settings.settings, onFailure: "stop" },
    references: [definition!.reference!],
    part: JSON.stringify(part),
    values,
    strands: indices.length,
    begun: id,
  };
}
