import { PolyloomError } from "@polyloom/wire";
import { type Criterion, type CyclePredicate, isCriterion } from "./criterion.ts";
import { checkCount, requireNumber } from "./limit.ts";
import { type CovRef, type InRef, inTargetOf, outTargetOf } from "./reference.ts";
import { type First, type Reference, referencesOf, toReference } from "./source.ts";
import { type AnyHandle, nodeIdOf } from "./handle.ts";
import { parsePlace } from "./place.ts";
import { show } from "./show.ts";
import type { WorkflowLike } from "./graph.ts";

/** One back edge: the value of the iteration before, into an input. */
export interface Feedback {
  readonly from: Reference | First;
  readonly node: string;
  readonly port: string;
}

/** A criterion whose references are resolved. */
export type CriterionSpec =
  | { readonly kind: "predicate"; readonly from: Reference | First; readonly test: CyclePredicate<never> }
  | { readonly kind: "expression"; readonly text: string }
  | {
      readonly kind: "criterion";
      readonly criterion: Criterion;
      readonly from: ReadonlyMap<Criterion, Reference | First>;
    };

/** All that a cycle says about itself. */
export interface CycleSpec {
  readonly name: string;
  readonly feedback: readonly Feedback[];
  readonly include: readonly string[];
  readonly maxIterations: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly criterion: CriterionSpec | undefined;
  readonly continueWhile: { readonly from: Reference | First; readonly test: CyclePredicate<never> } | undefined;
  readonly onExhausted: "accept" | "fail";
  readonly historyWindow: number;
}

/** Every reference that a cycle's feedback, criterion and condition read. */
export function referencesInCycle(spec: CycleSpec): readonly Reference[] {
  const sources: (Reference | First)[] = spec.feedback.map((each) => each.from);
  if (spec.criterion?.kind === "predicate") sources.push(spec.criterion.from);
  if (spec.criterion?.kind === "criterion") sources.push(...spec.criterion.from.values());
  if (spec.continueWhile) sources.push(spec.continueWhile.from);
  return sources.flatMap(referencesOf);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Builds one cycle; nothing counts until {@link build}. */
export class CycleBuilder {
  readonly #workflow: WorkflowLike;
  readonly #spec: Mutable<CycleSpec> & { feedback: Feedback[]; include: string[] };
  readonly #add: (spec: CycleSpec) => void;
  #built = false;

  /** Made by `workflow.createCycle(name)`. */
  constructor(workflow: WorkflowLike, name: string, add: (spec: CycleSpec) => void) {
    this.#workflow = workflow;
    this.#add = add;
    this.#spec = {
      name,
      feedback: [],
      include: [],
      maxIterations: undefined,
      timeoutMs: undefined,
      criterion: undefined,
      continueWhile: undefined,
      onExhausted: "accept",
      historyWindow: 1,
    };
  }

  /** Feeds an output back into an input from the second iteration on; by reference, or by name (`"step.x"`). */
  connect(from: string, to: string): this;
  connect<T>(from: CovRef<T>, to: InRef<NoInfer<T>>): this;
  connect(from: unknown, to: unknown): this {
    const target = inTargetOf(to);
    if (target !== undefined && target.workflow !== this.#workflow)
      throw new PolyloomError("foreign_reference", `"${target.node}.${target.port}" belongs to another workflow`);
    const place = target ?? this.#placeOf(to);
    const source = typeof from === "string" ? referenceByName(from) : toReference(from, this.#workflow, "connect");
    this.#spec.feedback.push({ from: source, node: place.node, port: place.port });
    return this;
  }

  /**
   * Ends the cycle after `count` iterations.
   * @throws PolyloomError `cycle_limit_invalid` unless it is a whole number from 1.
   */
  maxIterations(count: number): this {
    this.#spec.maxIterations = limit(this.#spec.name, "maxIterations", () => checkCount(count, "maxIterations"));
    return this;
  }

  /**
   * Ends the cycle after a time, interrupting the node that runs (C10).
   * @throws PolyloomError `cycle_limit_invalid` unless it is finite and above 0.
   */
  timeout(milliseconds: number): this {
    this.#spec.timeoutMs = limit(this.#spec.name, "timeout", () =>
      requireNumber(milliseconds, "timeout", (n) => n > 0, "a finite number of milliseconds above 0"),
    );
    return this;
  }

  /** Ends the cycle when a predicate over a reference, an expression (`"step.delta < 1e-9"`) or a criterion holds. */
  convergeWhen(criterion: string | Criterion): this;
  convergeWhen<T>(ref: CovRef<T>, predicate: CyclePredicate<T>): this;
  convergeWhen(what: unknown, predicate?: CyclePredicate<never>): this {
    this.#spec.criterion = this.#criterionOf(what, predicate);
    return this;
  }

  /** Goes on only while the predicate holds: asked before each iteration (C6). */
  continueWhile<T>(ref: CovRef<T>, predicate: CyclePredicate<T>): this {
    const from = toReference(ref, this.#workflow, "continueWhile");
    this.#spec.continueWhile = { from, test: requireFunction(predicate, "continueWhile") as CyclePredicate<never> };
    return this;
  }

  /** Adds nodes to the body that no path from a feedback's target to its source passes. */
  include(...nodes: readonly (AnyHandle | string)[]): this {
    for (const node of nodes) this.#spec.include.push(nodeIdOf(node, this.#workflow));
    return this;
  }

  /** Whether running out of iterations or time is taken (`accept`, the default) or an error (`fail`). */
  onExhausted(policy: "accept" | "fail"): this {
    if (policy !== "accept" && policy !== "fail")
      throw new PolyloomError("invalid_option", `onExhausted has to be "accept" or "fail", not ${show(policy)}`);
    this.#spec.onExhausted = policy;
    return this;
  }

  /**
   * How many earlier values `history` holds. Default 1.
   * @throws PolyloomError `cycle_limit_invalid` unless it is a whole number from 1.
   */
  historyWindow(count: number): this {
    this.#spec.historyWindow = limit(this.#spec.name, "historyWindow", () => checkCount(count, "historyWindow"));
    return this;
  }

  /** Adds the cycle to its workflow. */
  build(): void {
    if (this.#built) throw new PolyloomError("duplicate_cycle", `cycle "${this.#spec.name}" is built already`);
    this.#built = true;
    this.#add(Object.freeze({ ...this.#spec }));
  }

  #criterionOf(what: unknown, predicate: CyclePredicate<never> | undefined): CriterionSpec {
    if (typeof what === "string") return { kind: "expression", text: what };
    if (isCriterion(what)) return { kind: "criterion", criterion: what, from: this.#referencesIn(what, new Map()) };
    if (looksLikeCriterion(what))
      throw new PolyloomError("invalid_option", "make a criterion with delta, plateau, fixpoint, any or all");
    const from = toReference(what, this.#workflow, "convergeWhen");
    return { kind: "predicate", from, test: requireFunction(predicate, "convergeWhen") };
  }

  #referencesIn(criterion: Criterion, found: Map<Criterion, Reference | First>): Map<Criterion, Reference | First> {
    if ("of" in criterion) for (const part of criterion.of) this.#referencesIn(part, found);
    else found.set(criterion, toReference(criterion.ref, this.#workflow, criterion.kind));
    return found;
  }

  #placeOf(to: unknown): { node: string; port: string } {
    if (typeof to !== "string")
      throw new PolyloomError("reference_misused", 'connect feeds an input: step.in.x, or "step.x" by name');
    const { node, path } = parsePlace(to);
    return { node, port: path.join(".") };
  }
}

/** References answer to every name, so they are told apart first. */
function looksLikeCriterion(value: unknown): boolean {
  return outTargetOf(value) === undefined && typeof (value as { kind?: unknown } | null)?.kind === "string";
}

function referenceByName(place: string): Reference {
  const { node, path } = parsePlace(place);
  return { kind: "reference", node, path };
}

function requireFunction<F>(value: F | undefined, place: string): F {
  if (typeof value === "function") return value;
  throw new PolyloomError("invalid_option", `${place} takes a reference and a predicate`);
}

function limit(cycle: string, name: string, check: () => number): number {
  try {
    return check();
  } catch (error) {
    const { message, details } = error as PolyloomError;
    throw new PolyloomError("cycle_limit_invalid", `cycle "${cycle}": ${message}`, {
      details: { ...details, limit: name },
    });
  }
}
