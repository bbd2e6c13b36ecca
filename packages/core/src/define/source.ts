import { PolyloomError } from "@polyloom/wire";
import { firstTargetsOf, type OutTarget, outTargetOf, type PathKey } from "./reference.ts";
import type { WorkflowLike } from "./graph.ts";

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
  return read(value, workflow, new Set());
}

/** The reference behind what a user passed as one. */
export function toReference(value: unknown, workflow: WorkflowLike, place: string): Reference | First {
  const source = read(value, workflow, new Set());
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

function read(value: unknown, workflow: WorkflowLike, inside: Set<object>): Source {
  const target = outTargetOf(value);
  if (target !== undefined) return referenceTo(target, workflow);
  const targets = firstTargetsOf(value);
  if (targets !== undefined) return { kind: "first", of: targets.map((each) => referenceTo(each, workflow)) };
  return readLiteral(value, workflow, inside);
}

function readLiteral(value: unknown, workflow: WorkflowLike, inside: Set<object>): Source {
  const literal: Literal = { kind: "literal", value };
  if (!isContainer(value) || inside.has(value)) return literal;
  inside.add(value);
  const entries = Object.keys(value).map(
    (key) => [key, read((value as Record<string, unknown>)[key], workflow, inside)] as const,
  );
  inside.delete(value);
  const live = entries.some(([, entry]) => entry.kind !== "literal");
  return live ? { kind: "template", list: Array.isArray(value), entries } : literal;
}

/** Only lists and plain objects can hold references. */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value))
    return value.some((item) => item !== null && (typeof item === "object" || typeof item === "function"));
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
