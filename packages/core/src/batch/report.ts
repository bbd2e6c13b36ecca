import type { ErrorCode, SerializedError } from "@polyloom/wire";
import type { CycleCounts } from "../execute/cycle-progress.ts";
import type { ReportPortion } from "./report-portion.ts";
import type { Times } from "../execute/run-ledger.ts";
import type { Failure } from "../execute/failure.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";
import type { EventBody } from "../observe/event.ts";
import type { HistogramData } from "../observe/histogram.ts";
import type { NodeSums } from "../observe/node-timing.ts";

type Values = Readonly<Record<string, unknown>>;

/** A failure as it crosses: what was thrown is in wire's form. */
export interface FailureReport extends Omit<Failure, "cause"> {
  readonly cause: SerializedError;
}

/** What a place tells of a batch, in the order in which it happened; steps and cycles count as its part does. */
export type Report =
  | readonly ["completed", step: number, values: Values, times: Times]
  | readonly ["failed", step: number, failure: FailureReport, iteration: number, times: Times]
  | readonly ["skipped", step: number]
  | readonly ["cancelled", step: number, iteration: number, times: Times]
  /** A failure of a cycle, not of a node. */
  | readonly ["failure", cycle: number, failure: FailureReport]
  | readonly ["cycle", cycle: number, end: CycleEnd]
  /** How far a cycle is, and whether it stopped there for another place to go on. */
  | readonly ["checkpoint", cycle: number, checkpoint: CycleCheckpoint, tookMs: number, paused: boolean]
  | readonly ["event", event: EventBody]
  | readonly ["issue", step: number, issue: IssueReport]
  /** A result came after its node was given up. */
  | readonly ["late"]
  /** One line of a node's log, as pino wrote it. */
  | readonly ["log", line: string];

/** A value that does not fit, as it crosses. */
export interface IssueReport {
  readonly kind: "invalid" | "undeclared";
  readonly port: string;
  readonly side: "input" | "output";
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  readonly found: string;
}

/** What a cycle and all in it came to. */
export interface CycleEnd {
  /** Whether it ended by itself; else its run was stopped. */
  readonly settled: boolean;
  /** This cycle and those within it. */
  readonly cycles: readonly (readonly [cycle: number, counts: CycleCounts])[];
  readonly steps: readonly (readonly [step: number, status: number, outputs: Values | undefined, times: Times])[];
  /** Outputs of the last completed iteration, where they differ from those of the steps. */
  readonly committed: readonly (Values | undefined)[] | undefined;
  readonly sums: readonly (readonly [step: number, sums: SumsReport])[];
}

/** The times of a node, as they cross. */
export type SumsReport = Omit<NodeSums, "histogram"> & { readonly histogram: HistogramData | undefined };

/** How a batch ended at its place. */
export type BatchEnd =
  | {
      readonly status: "ended";
      readonly where?: string;
      /** Milliseconds at the place. */
      readonly elapsedMs: number;
      readonly checks: CheckCounts;
      /** Steps whose nodes gave a promise: better run alone. */
      readonly waited: readonly number[];
      /** What was not told yet. */
      readonly rest?: ReportPortion;
    }
  | {
      /** The place failed: whatever has not been told is lost. */
      readonly status: "failed";
      readonly error: unknown;
      readonly code?: ErrorCode;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly where?: string;
    };

/** How many values were checked, and how long the timed ones took, in milliseconds. */
export interface CheckCounts {
  readonly checked: number;
  readonly bypassed: number;
  readonly timed: readonly number[];
}
