import { PolyloomError, type AnyHandle, type NodeHandle } from "@polyloom/core";
import type { Task } from "@polyloom/core/runtime";

/** Inputs of a node that is named by its id: their types are not known. */
export type UntypedInputs = Readonly<Record<string, unknown>>;

/** The call that a response function answers. */
export interface ResponseCall {
  /** Calls of this node so far, this one included: attempts and items of a map count. */
  readonly number: number;
  /** Counts from 1. */
  readonly attempt: number;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  /** Position of a map's item, from 0; `undefined` outside maps. */
  readonly index: number | undefined;
  /** What the node itself would get: signal, state, logger, progress. */
  readonly context: Task["context"];
}

/** What a mocked node answers: its outputs, a {@link sequence} of them, or a function that makes them. */
export type NodeResponse<I, O> = O | Sequence<O> | ((inputs: I, call: ResponseCall) => O | Promise<O>);

/** The response of a node that is named by its id. */
export type UntypedResponse = object | ((inputs: UntypedInputs, call: ResponseCall) => unknown);

/** Answers that follow one another. Made by {@link sequence}. */
export class Sequence<O> {
  readonly #answers: readonly O[];

  constructor(answers: readonly O[]) {
    this.#answers = answers;
  }

  /** The answer to the call of this number, from 1; the last one repeats. */
  at(number: number): O {
    return this.#answers[Math.min(number, this.#answers.length) - 1]!;
  }
}

/**
 * One answer a call, the last of which repeats.
 * @throws PolyloomError `invalid_option` without any answer
 */
export function sequence<O>(...answers: readonly [O, ...O[]]): Sequence<O> {
  if (answers.length > 0) return new Sequence(answers);
  throw new PolyloomError("invalid_option", "sequence() takes at least one answer");
}

/** One item of a map's outputs. */
export type ItemOf<O> = { [K in keyof O]: O[K] extends readonly (infer E)[] ? E : never };

/** A map, seen item by item. Made by {@link items}. */
export interface ItemHandle<I, O> extends AnyHandle<O> {
  readonly kind: "items";
  /** Carries the type of the inputs, and nothing at run time. */
  readonly "~input"?: (inputs: I) => void;
}

/** A node, or a map seen item by item. */
export type Target<I, O> = NodeHandle<I, O> | ItemHandle<I, O>;

/** A map as what runs once an item: responses and calls are those of one item. */
export function items<I, O>(map: NodeHandle<I, O>): ItemHandle<I, ItemOf<O>> {
  return { kind: "items", id: map.id };
}

/**
 * The id behind a handle, or an id itself.
 * @throws PolyloomError `invalid_option` for anything else
 */
export function idOf(target: AnyHandle | string): string {
  const id: unknown = typeof target === "string" ? target : (target as AnyHandle | null | undefined)?.id;
  if (typeof id === "string" && id !== "") return id;
  throw new PolyloomError("invalid_option", "name a node by its handle, or by its id");
}

/** Whether a target names a map's items, or leaves it open. */
export function namesItems(target: AnyHandle | string): boolean {
  return typeof target === "string" || (target as { kind?: unknown }).kind === "items";
}
