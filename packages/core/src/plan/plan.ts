import type { Criterion, CyclePredicate } from "../define/criterion.ts";
import type { CompiledExpression } from "../define/expression.ts";
import type { MapSettings, WorkflowLike } from "../define/graph.ts";
import type { NodeDefinition } from "../define/node.ts";
import type { PathKey } from "../define/reference.ts";
import type { Port, PortTable } from "../define/schema.ts";
import type { Literal, Reference } from "../define/source.ts";
import type { MovesPlan } from "./moves.ts";
import type { Adjacency } from "../validate/acyclic.ts";

/** A place in the outputs of a step; the first key is the port. */
export interface ReferencePlan {
  readonly kind: "reference";
  readonly step: number;
  readonly path: readonly PathKey[];
}

/** Where a value comes from, by step number. */
export type SourcePlan =
  | ReferencePlan
  | Literal
  | { readonly kind: "first"; readonly of: readonly ReferencePlan[] }
  | { readonly kind: "template"; readonly list: boolean; readonly entries: readonly (readonly [string, SourcePlan])[] };

/** All that can supply one input of a step. */
export interface InputPlan {
  readonly port: Port;
  readonly connection: SourcePlan | undefined;
  readonly literal: Literal | undefined;
  /** Numbers of the slots that feedback fills, the innermost cycle's first. */
  readonly slots: readonly number[];
}

/** How a step runs once an item. */
export interface MapPlan extends MapSettings {
  /** The ports that take one item each. */
  readonly table: PortTable;
  /** Where it is a part of a map that runs elsewhere: the numbers of its items; what they share was checked there. */
  readonly indices?: readonly number[] | undefined;
}

/** One thing that runs, or a relay: one port of a workflow, passed on where it is declared. */
export interface Step {
  readonly index: number;
  /** Path of the node; a relay has that of its workflow, `input` or `output`. */
  readonly id: string;
  readonly kind: "node" | "map" | "relay";
  /** The node that runs; none for a relay. */
  readonly definition: NodeDefinition | undefined;
  readonly map: MapPlan | undefined;
  /** The ports of `inputs`; of a map, those that are shared by its items. */
  readonly table: PortTable;
  readonly inputs: readonly InputPlan[];
  /** The innermost cycle, or -1. */
  readonly scope: number;
  /** Relays that have to be alive for this step to run: required inputs of the workflows around it. */
  readonly gates: readonly number[];
}

/** What says that a cycle has converged. */
export type CriterionPlan =
  | { readonly kind: "predicate"; readonly source: SourcePlan; readonly test: CyclePredicate<never> }
  | { readonly kind: "criterion"; readonly criterion: Criterion; readonly sources: ReadonlyMap<Criterion, SourcePlan> }
  | {
      readonly kind: "expression";
      readonly text: string;
      readonly expression: CompiledExpression;
      readonly sources: ReadonlyMap<Reference, SourcePlan>;
    };

/** A value carried from one iteration to the next. */
export interface FeedbackPlan {
  readonly slot: number;
  readonly source: SourcePlan;
}

/** One cycle; as a unit it is number `steps.length + index`. */
export interface CyclePlan {
  readonly index: number;
  readonly name: string;
  /** The cycle around this one, or -1. */
  readonly parent: number;
  /** Steps of the body, those of nested cycles included, ascending. */
  readonly steps: readonly number[];
  /** Steps and nested cycles that belong to it directly, as units. */
  readonly units: readonly number[];
  readonly feedback: readonly FeedbackPlan[];
  readonly criterion: CriterionPlan | undefined;
  readonly condition:
    | { readonly source: SourcePlan; readonly inside: boolean; readonly test: CyclePredicate<never> }
    | undefined;
  readonly maxIterations: number;
  /** Milliseconds, or `undefined`. */
  readonly timeoutMs: number | undefined;
  readonly onExhausted: "accept" | "fail";
  readonly historyWindow: number;
}

/** A workflow inside the plan: its ports as relays, its steps as a range. */
export interface SubPlan {
  readonly id: string;
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
  readonly from: number;
  readonly to: number;
}

/** A workflow as integer-indexed arrays: computed once, used by every execution. */
export interface Plan {
  readonly workflow: WorkflowLike;
  readonly steps: readonly Step[];
  readonly cycles: readonly CyclePlan[];
  /** Units of the workflow itself: steps and cycles outside every cycle. */
  readonly units: readonly number[];
  /** Place of each unit among the ready: that of its first step. */
  readonly order: Int32Array;
  /** How many units each unit waits for. */
  readonly waits: Int32Array;
  /** Which units wait for each unit. */
  readonly next: Adjacency;
  /** Ports whose buffers may be moved, where there are any. */
  readonly moves: MovesPlan | undefined;
  /** How many feedback slots there are. */
  readonly slots: number;
  /** Step numbers of nodes by id. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** Workflows by id; the outermost is `""`. */
  readonly subs: ReadonlyMap<string, SubPlan>;
}
