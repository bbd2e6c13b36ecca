import type { NodeReference } from "@polyloom/wire";
import type { Criterion } from "../define/criterion.ts";
import type { MapSettings } from "../define/graph.ts";
import type { FailureMode } from "../execute/options.ts";
import type { ValidationMode } from "../execute/values.ts";
import type { Move } from "../plan/moves.ts";
import type { ReferencePlan } from "../plan/plan.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";

/** What a place needs to run a batch: plain data, as structured clone carries it. */
export interface BatchOrder {
  readonly runId: string;
  readonly workflow: string;
  readonly settings: BatchSettings;
  /** Nodes and functions to be found (D5). */
  readonly references: readonly NodeReference[];
  /** A {@link PlanPart} as JSON: to clone a text takes a tenth of the time that objects take. */
  readonly part: string;
  /** The values that the part speaks of by their places here: literals, and what was given. */
  readonly values: readonly unknown[];
  /** How many strands there are: each is claimed before it is begun. */
  readonly strands: number;
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
  readonly steps: readonly PartStep[];
  readonly given: readonly GivenStep[];
  readonly cycles: readonly PartCycle[];
  /** Which units wait for each unit. */
  readonly next: readonly (readonly number[])[];
  /** The units of each strand; the first is its root. Strands do not depend on each other. */
  readonly strands: readonly (readonly number[])[];
  /** Ports that move among its steps, and that nobody else reads. */
  readonly moves?: {
    readonly uses: readonly number[];
    readonly byStep: readonly (readonly [number, readonly Move[]])[];
  };
  /** How many slots feedback has. */
  readonly slots: number;
}

/** One node of a part; what is left out is as usual. */
export interface PartStep {
  readonly id: string;
  /** Its place among the references. */
  readonly node: number;
  readonly inputs: readonly PartInput[];
  /** The innermost cycle. */
  readonly scope?: number;
  readonly map?: MapSettings;
  /** Of a part of a map, whose items share what is checked already: the numbers of its items among the values. */
  readonly indices?: number;
  /** Whether somebody outside waits for it alone: its result is told at once. */
  readonly urgent?: true;
}

/** All that can supply one input of a step; sources count steps as the part does. */
export interface PartInput {
  readonly port: string;
  readonly connection?: PartSource;
  readonly literal?: PartLiteral;
  readonly slots?: readonly number[];
}

/** A literal by its place among the values. */
export interface PartLiteral {
  readonly kind: "literal";
  readonly at: number;
}

/** Where a value comes from, as in a plan, but for literals. */
export type PartSource =
  | ReferencePlan
  | PartLiteral
  | { readonly kind: "first"; readonly of: readonly ReferencePlan[] }
  | { readonly kind: "template"; readonly list: boolean; readonly entries: readonly (readonly [string, PartSource])[] };

/** A step that ran before the batch: as much of its outputs as the batch reads, by places among the values. */
export interface GivenStep {
  readonly id: string;
  /** None of a step that has no outputs. */
  readonly outputs?: readonly (readonly [port: string, at: number])[];
}

/** One cycle of a part. */
export interface PartCycle {
  readonly name: string;
  readonly parent: number;
  readonly steps: readonly number[];
  readonly units: readonly number[];
  readonly feedback: readonly { readonly slot: number; readonly source: PartSource }[];
  readonly criterion?: PartCriterion;
  readonly condition?: {
    readonly source: PartSource;
    readonly inside: boolean;
    /** Its place among the references. */
    readonly test: number;
  };
  /** None without a limit: JSON has no infinity. */
  readonly maxIterations?: number;
  readonly onExhausted: "accept" | "fail";
  readonly historyWindow: number;
}

/** A criterion as data: a function by its place among the references, an expression by its text. */
export type PartCriterion =
  | { readonly kind: "predicate"; readonly source: PartSource; readonly test: number }
  | { readonly kind: "criterion"; readonly criterion: PartCriterionTree }
  | {
      readonly kind: "expression";
      readonly text: string;
      /** What it reads, in the order of the text, and then what it reads of the iteration before. */
      readonly reads: readonly { readonly node: string | null; readonly port: string; readonly source: PartSource }[];
    };

/** A ready-made criterion with the source of each leaf. */
export type PartCriterionTree =
  | { readonly kind: "any" | "all"; readonly of: readonly PartCriterionTree[] }
  | {
      readonly leaf: DistributiveOmit<Exclude<Criterion, { kind: "any" | "all" }>, "ref">;
      readonly source: PartSource;
    };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
