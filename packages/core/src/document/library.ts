import { PolyloomError } from "@polyloom/wire";
import { definedFunctionOf } from "../define/defined-function.ts";
import type { NodeDefinition } from "../define/node.ts";
import { didYouMean, listNames } from "../define/nearest.ts";
import type { NameDocument } from "./format.ts";

/** What a document's names stand for: nodes and named functions, as a list or an object (a module's exports, say). */
export type NodeLibrary = Iterable<unknown> | Readonly<Record<string, unknown>>;

interface Item {
  readonly name: string;
  readonly module: string | undefined;
  readonly value: unknown;
}

/** Finds nodes and functions by name, preferring those of the module that the document tells. */
export class Library {
  readonly #nodes: Map<string, Item[]> = new Map();
  readonly #functions: Map<string, Item[]> = new Map();

  /**
   * Looks through what was given; anything that is neither node nor named function is passed over.
   * @throws PolyloomError `invalid_document` when it is no list and no object
   */
  constructor(library: NodeLibrary) {
    if (typeof library !== "object" || library === null)
      throw new PolyloomError(
        "invalid_document",
        "fromJSON takes the nodes that the document names, as a list or an object",
      );
    const values: Iterable<unknown> =
      Symbol.iterator in library ? (library as Iterable<unknown>) : Object.values(library);
    for (const value of values) this.#add(value);
  }

  /**
   * The node of a name.
   * @throws PolyloomError `unknown_node`
   */
  node(name: NameDocument, place: string): NodeDefinition {
    return find(this.#nodes, name, place, "node") as NodeDefinition;
  }

  /**
   * The function of a name.
   * @throws PolyloomError `unknown_node`
   */
  function(name: NameDocument, place: string): (...args: never[]) => boolean {
    return find(this.#functions, name, place, "function") as (...args: never[]) => boolean;
  }

  #add(value: unknown): void {
    if (typeof value === "function") {
      const defined = definedFunctionOf(value);
      if (defined) put(this.#functions, { name: defined.name, module: defined.reference?.module, value });
    } else if ((value as NodeDefinition | null | undefined)?.kind === "node") {
      const { name, reference } = value as NodeDefinition;
      put(this.#nodes, { name, module: reference?.module, value });
    }
  }
}

function put(items: Map<string, Item[]>, item: Item): void {
  const known = items.get(item.name);
  if (known === undefined) items.set(item.name, [item]);
  else if (known.every(({ value }) => value !== item.value)) known.push(item);
}

function find(
  items: ReadonlyMap<string, readonly Item[]>,
  { name, module }: NameDocument,
  place: string,
  kind: string,
): unknown {
  const found = items.get(name) ?? [];
  const exact = found.filter((item) => item.module === module);
  if (exact.length === 1) return exact[0]!.value;
  if (found.length === 1) return found[0]!.value;
  const problem =
    found.length > 1
      ? `${found.length} ${kind}s are named "${name}"`
      : `there is no ${kind} "${name}" among those given`;
  const remedy = didYouMean(name, items.keys()) || `pass it to fromJSON (given: ${listNames(items.keys())})`;
  throw new PolyloomError("unknown_node", `"${place}": ${problem}; ${remedy}`, { details: { place, name } });
}
