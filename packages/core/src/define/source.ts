import { hasCode, PolyloomError } from "@polyloom/wire";
import { LazyHandle } from "./handle.ts";
import { firstTargetsOf, isUnwirable, type OutTarget, outTargetOf, type PathKey } from "./reference.ts";
import { isWorkflow, type WorkflowLike } from "./graph.ts";

/** A place that a value is read from; `node` is `null` for the workflow's own input. */
export interface Reference {
  readonly kind: "reference";
  readonly node: string | null;
  readonly path: readonly PathKey[];
}

/** A value that is known when the graph is built. */
export interface Literal {
  readonly kind: "literal";
  readonly value: unknown;
}

/** The first of several places that is not dead. */
export interface First {
  readonly kind: "first";
  readonly of: readonly Reference[];
}

/** A literal with references inside. */
export interface Template {
  readonly kind: "template";
  readonly list: boolean;
  readonly entries: readonly (readonly [key: string, value: Source])[];
}

/** Where an input's value comes from. */
export type Source = Reference | Literal | First | Template;

/**
 * Reads what a user wired into an input.
 * @throws PolyloomError `foreign_reference` when it belongs to another workflow.
 */
export function toSource(value: unknown, workflow: WorkflowLike): Source {
  return new LiteralReader(workflow).read(value);
}

/** The reference behind what a user passed as one. */
export function toReference(value: unknown, workflow: WorkflowLike, place: string): Reference | First {
  const source = new LiteralReader(workflow).read(value);
  if (source.kind === "reference" || source.kind === "first") return source;
  throw new PolyloomError("reference_misused", `${place} takes a reference such as step.out.x, not a value`);
}

/** Every reference that a source reads, in order. */
export function referencesOf(source: Source): readonly Reference[] {
  if (source.kind === "reference") return [source];
  if (source.kind === "first") return source.of;
  if (source.kind === "template") return source.entries.flatMap(([, entry]) => referencesOf(entry));
  return [];
}

/** More places than this in one literal are a mistake, and would take for ever to fill. */
const MOST_PLACES = 1_000_000;

/** Finds the references in what was wired into one input; parts that are shared are looked at once. */
class LiteralReader {
  readonly #workflow: WorkflowLike;
  readonly #inside: Set<object> = new Set();
  readonly #known: Map<object, Source> = new Map();
  readonly #places: Map<Source, number> = new Map();

  constructor(workflow: WorkflowLike) {
    this.#workflow = workflow;
  }

  read(value: unknown): Source {
    const target = outTargetOf(value);
    if (target !== undefined) return referenceTo(target, this.#workflow);
    const targets = firstTargetsOf(value);
    if (targets !== undefined) return { kind: "first", of: targets.map((each) => referenceTo(each, this.#workflow)) };
    return this.#literal(value);
  }

  /** Looking into a Proxy or past a getter may throw: what cannot be looked into is data, and told as such where it is used. */
  #literal(value: unknown): Source {
    try {
      refuseUnwirable(value, this.#inside);
      if (isContainer(value) && !this.#inside.has(value)) return this.#container(value);
    } catch (error) {
      if (hasCode(error)) throw error;
    }
    return { kind: "literal", value };
  }

  #container(value: object): Source {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#inside.size >= DEEPEST) return { kind: "literal", value };
    this.#inside.add(value);
    const entries = keysOf(value).map((key) => [key, this.read((value as Record<string, unknown>)[key])] as const);
    this.#inside.delete(value);
    const live = entries.some(([, entry]) => entry.kind !== "literal");
    const source: Source = live
      ? { kind: "template", list: Array.isArray(value), entries }
      : { kind: "literal", value };
    if (live) this.#count(source, entries);
    this.#known.set(value, source);
    return source;
  }

  #count(source: Source, entries: Template["entries"]): void {
    const places = entries.reduce((sum, [, entry]) => sum + (this.#places.get(entry) ?? 1), 0);
    if (places > MOST_PLACES)
      throw new PolyloomError(
        "reference_misused",
        `a literal with references has more than ${MOST_PLACES} places; build it in a node`,
      );
    this.#places.set(source, places);
  }
}

/** Of a list every index, holes included: what comes after one must not move up. */
function keysOf(value: object): string[] {
  return Array.isArray(value) ? Array.from(value, (_, index) => String(index)) : Object.keys(value);
}

/** References are looked for down to this depth; what nests deeper is data. */
const DEEPEST = 500;

/** A reference that no wire can find would arrive as a proxy, where a value was meant. */
function refuseUnwirable(value: unknown, inside: ReadonlySet<object>): void {
  if (typeof value !== "object" && typeof value !== "function") return;
  if (isUnwirable(value) || value instanceof LazyHandle || isWorkflow(value))
    throw new PolyloomError("reference_misused", "wire one output of a node: node.out.port");
  if (value === null || typeof value === "function") return;
  if (inside.has(value) || !isContainer(value)) refuseHidden(value);
}

function refuseHidden(value: object): void {
  if (![...contentOf(value)].some((item) => outTargetOf(item) !== undefined || firstTargetsOf(item) !== undefined))
    return;
  throw new PolyloomError(
    "reference_misused",
    "references are found in lists and plain objects only, not in a Map, a Set, an instance of a class, or a literal that holds itself",
  );
}

function* contentOf(value: object): Generator<unknown> {
  if (value instanceof Map) for (const entry of value) yield* entry;
  else if (value instanceof Set) yield* value;
  else if (!ArrayBuffer.isView(value)) yield* Object.values(value);
}

/** Only lists and plain objects can hold references. */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => typeof item === "object" || typeof item === "function");
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function referenceTo(target: OutTarget, workflow: WorkflowLike): Reference {
  if (target.workflow !== workflow) {
    const place = [target.node ?? "input", ...target.path].join(".");
    throw new PolyloomError(
      "foreign_reference",
      `"${place}" belongs to workflow "${target.workflow.name}", not to "${workflow.name}"; pass values between workflows by input and output`,
    );
  }
  return { kind: "reference", node: target.node, path: target.path };
}
