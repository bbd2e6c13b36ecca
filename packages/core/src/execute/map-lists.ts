import { PolyloomError } from "@polyloom/wire";
import { readPath } from "../define/read-path.ts";
import type { PortTable } from "../define/schema.ts";

type Values = Record<string, unknown>;

/** The list of each port that takes one item each. */
export type Lists = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * Reads the lists of a map.
 * @throws PolyloomError `map_input_invalid`, `map_lengths_differ`
 */
export function listsOf(raw: Values, each: readonly string[], id: string): Lists {
  const lists: Record<string, ArrayLike<unknown>> = {};
  for (const port of each) {
    const list = raw[port];
    if (!Array.isArray(list) && !(ArrayBuffer.isView(list) && !(list instanceof DataView)))
      throw new PolyloomError(
        "map_input_invalid",
        `map "${id}" needs a list at "${port}"; it got ${list === null ? "null" : typeof list}`,
        { details: { port } },
      );
    lists[port] = list as unknown as ArrayLike<unknown>;
  }
  const lengths = each.map((port) => lists[port]!.length);
  if (new Set(lengths).size <= 1) return lists;
  const told = each.map((port, i) => `${port} has ${lengths[i]}`).join(", ");
  throw new PolyloomError("map_lengths_differ", `map "${id}" needs lists of equal length: ${told}`, {
    details: { lengths },
  });
}

/** What the items of a map share. */
export function without(raw: Values, each: readonly string[]): Values {
  return Object.fromEntries(Object.entries(raw).filter(([port]) => !each.includes(port)));
}

/** The values of one item; `undefined` when a required one is dead. */
export function itemAt(lists: Lists, { ports }: PortTable, at: number): Values | undefined {
  const raw: Values = {};
  for (const { name, required } of ports) {
    const value = lists[name]![at];
    if (value !== undefined) raw[name] = value;
    else if (required) return undefined;
  }
  return raw;
}

/** Reads what keeps items in one chunk: a port, or a field of its items as `port.field`. */
export function keyReader(lists: Lists, chunkBy: string): (at: number) => unknown {
  const [port, ...path] = chunkBy.split(".");
  const list = lists[port!]!;
  return (at) => readPath(list[at], path);
}
