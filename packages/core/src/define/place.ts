import { PolyloomError } from "@polyloom/wire";
import type { PathKey } from "./reference.ts";
import { show } from "./show.ts";

/** A node and a path inside its outputs. */
export interface Place {
  readonly node: string;
  readonly path: readonly PathKey[];
}

/**
 * Reads `source.orders`, `page.meta.size` or `page.links[0]`.
 * @throws PolyloomError `unknown_port` when there is no port behind the node's id.
 */
export function parsePlace(text: string): Place {
  const [node = "", ...rest] = text.split(".");
  const path = rest.flatMap(splitIndexes);
  if (node === "" || path.length === 0 || path.some((key) => key === ""))
    throw new PolyloomError(
      "unknown_port",
      `${show(text)} is not of the form "node.port" (a path may follow: "node.port.field[0]")`,
    );
  return { node, path };
}

function splitIndexes(segment: string): PathKey[] {
  const [, key = "", indexes = ""] = /^([^[\]]*)((?:\[-?\d+\])*)$/.exec(segment) ?? [];
  return [key, ...Array.from(indexes.matchAll(/-?\d+/g), (match) => Number(match[0]))];
}

/** Writes a place the way {@link parsePlace} reads it. */
export function formatPlace(node: string, path: readonly PathKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${key}`), node);
}

/**
 * Checks the name of a node, a cycle or a workflow's part of an id (G1).
 * @throws PolyloomError `invalid_node_id` or `cycle_name_invalid`
 */
export function checkName(name: unknown, what: "node" | "cycle"): string {
  if (typeof name === "string" && name !== "" && !/[./[\]]/.test(name) && name !== "__proto__") return name;
  throw new PolyloomError(
    what === "node" ? "invalid_node_id" : "cycle_name_invalid",
    `the name of a ${what} has to be a text without ".", "/", "[" and "]" that is neither empty nor "__proto__", not ${show(name)}`,
  );
}
