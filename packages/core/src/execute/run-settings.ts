import type { Logger } from "pino";
import type { RetryPolicy } from "../define/retry-policy.ts";
import type { Emitter } from "../observe/emitter.ts";
import type { NodeTiming } from "../observe/node-timing.ts";
import type { Clock } from "./clock.ts";
import type { BatchPlace } from "../batch/batch.ts";
import type { RunLedger } from "./run-ledger.ts";
import type { CycleWatch } from "./cycle-watch.ts";
import type { Outcome, Task } from "./task.ts";
import type { ValueChecker } from "./values.ts";

/** All that a run needs beside its plan. */
export interface RunSettings {
  readonly runId: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxConcurrency: number;
  readonly groupLimits: Readonly<Record<string, number>>;
  readonly graceMs: number;
  readonly nodeTimeoutMs: number | undefined;
  readonly retry: RetryPolicy | undefined;
  readonly onFailure: "stop" | "continue";
  readonly itemEvents: boolean;
  /** Whether ready units start in any order: nothing may depend on it (D3). */
  readonly shuffle: boolean;
  /** Values given at execution, by step. */
  readonly parameters: ReadonlyMap<number, Readonly<Record<string, unknown>>> | undefined;
  readonly values: ValueChecker;
  /** Present where somebody listens. */
  readonly events: Emitter | undefined;
  /** Present where the runtime watches cycles. */
  readonly watch: CycleWatch | undefined;
  /** Present where metrics are collected. */
  readonly timing: NodeTiming | undefined;
  readonly logger: () => Logger;
  readonly runTask: (task: Task, signal: AbortSignal) => Outcome | PromiseLike<Outcome>;
  /** Where nodes run, in a word. */
  readonly where: string;
  /** Ends what a node left running after its grace period, where the runtime can. */
  readonly preempt: (task: Task) => void;
  /** Counts a result that came too late. */
  readonly dropLate: () => void;
  /** Present where a place takes batches of fused nodes. */
  readonly batches?: BatchPlace | undefined;
  /** Present where somebody follows the run from elsewhere. */
  readonly ledger?: RunLedger | undefined;
  /** Asked before a unit starts, where somebody may say no. */
  readonly admit?: ((unit: number) => boolean) | undefined;
  /** As {@link admit}, of an item of a map, by its place in the lists. */
  readonly admitItem?: ((at: number) => boolean) | undefined;
}
