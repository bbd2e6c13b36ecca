import type { NodeReference } from "@polyloom/wire";
import type { Criterion } from "../define/criterion.ts";
import type { MapSettings } from "../define/graph.ts";
import type { FailureMode } from "../execute/options.ts";
import type { ValidationMode } from "../execute/values.ts";
import type { SourcePlan } from "../plan/plan.ts";
import type { MovesPlan } from "../plan/moves.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";
import type { Adjacency } from "../validate/acyclic.ts";

/** What a place needs to run a batch: plain data, as structured clone carries it. */
export interface BatchOrder {
  readonly runId: string;
  readonly workflow: string;
  readonly settings: BatchSettings;
  readonly part: PlanPart;
  /** The units of each strand, in the numbers of the part; the first is its root. Strands do not depend on each other. */
  readonly strands: readonly (readonly number[])[];
  /** The node that was said to have started when this was sent. */
  readonly begun: string | undefined;
  /** Where its cycle goes on, if not afresh. */
  readonly resume?: CycleCheckpoint | undefined;
}

/** How the nodes of a batch are run. */
export interface BatchSettings {
  readonly validation: ValidationMode;
  readonly onFailure: FailureMode;
  /** Milliseconds that an aborted node has to settle. */
  readonly graceMs: number;
  /** Most iterations of a cycle before the place tells how far it is. */
  readonly cycleBatchSize: number | undefined;
  /** Whether times are wanted. */
  readonly metrics: boolean;
  /** Whether somebody listens to events. */
  readonly events: boolean;
}

/** A part of a plan, numbered afresh: its own steps, then those that were run elsewhere and only give values. */
export interface PlanPart {
  /** Nodes and functions to be found (D5). */
  readonly references: readonly NodeReference[];
  readonly steps: readonly PartStep[];
  readonly given: readonly GivenStep[];
  readonly cycles: readonly PartCycle[];
  readonly next: Adjacency;
  /** Ports that move among its steps, and that nobody else reads. */
  readonly moves: MovesPlan | undefined;
  /** How many slots feedback has. */
  readonly slots: number;
}

/** One node of a part. */
export interface PartStep {
  readonly id: string;
  /** Its place among the references. */
  readonly node: number;
  readonly inputs: readonly PartInput[];
  /** The innermost cycle, or -1. */
  readonly scope: number;
  readonly map: MapSettings | undefined;
  /** Of a part of a map: the numbers of its items; what they share is checked already. */
  readonly indices: readonly number[] | undefined;
  /** Whether somebody outside waits for it alone: its result is told at once. */
  readonly urgent: boolean;
}

/** All that can supply one input of a step; sources count steps as the part does. */
export interface PartInput {
  readonly port: string;
  readonly connection: SourcePlan | undefined;
  readonly literal: { readonly kind: "literal"; readonly value: unknown } | undefined;
  readonly slots: readonly number[];
}

/** A step that ran before the batch: as much of its outputs as the batch reads. */
export interface GivenStep {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
}

/** One cycle of a part. */
export interface PartCycle {
  readonly name: string;
  readonly parent: number;
  readonly steps: readonly number[];
  readonly units: readonly number[];
  readonly feedback: readonly { readonly slot: number; readonly source: SourcePlan }[];
  readonly criterion: PartCriterion | undefined;
  readonly condition:
    | {
        readonly source: SourcePlan;
        readonly inside: boolean;
        /** Its place among the references. */ readonly test: number;
      }
    | undefined;
  readonly maxIterations: number;
  readonly onExhausted: "accept" | "fail";
  readonly historyWindow: number;
}

/** A criterion as data: a function by its place among the references, an expression by its text. */
export type PartCriterion =
  | { readonly kind: "predicate"; readonly source: SourcePlan; readonly test: number }
  | { readonly kind: "criterion"; readonly criterion: PartCriterionTree }
  | {
      readonly kind: "expression";
      readonly text: string;
      /** What it reads, in the order of the text, and then what it reads of the iteration before. */
      readonly reads: readonly { readonly node: string | null; readonly port: string; readonly source: SourcePlan }[];
    };

/** A ready-made criterion with the source of each leaf. */
export type PartCriterionTree =
  | { readonly kind: "any" | "all"; readonly of: readonly PartCriterionTree[] }
  | {
      readonly leaf: DistributiveOmit<Exclude<Criterion, { kind: "any" | "all" }>, "ref">;
      readonly source: SourcePlan;
    };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
