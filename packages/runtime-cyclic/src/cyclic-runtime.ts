import type { RunResult, WorkflowError } from "@polyloom/core";
import {
  BaseRuntime,
  type Capabilities,
  type CycleWatch,
  invoke,
  type Outcome,
  SEQUENTIAL,
  type Task,
  type WatchedRun,
} from "@polyloom/core/runtime";
import { CycleLedger, type CycleMetricsTotal, type CycleRecord } from "./cycle-ledger.ts";
import { type CyclicRuntimeOptions, cyclicSettings, OWN_OPTIONS } from "./cyclic-options.ts";

/** Runs nodes in this process, one at a time, and keeps account of cycles: histories, times, hooks, a limit of memory. */
export class CyclicRuntime extends BaseRuntime {
  readonly name = "cyclic";
  readonly capabilities: Capabilities = SEQUENTIAL;
  readonly #ledger: CycleLedger;

  /**
   * Takes the options of every runtime, and those of cycles.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: CyclicRuntimeOptions = {}) {
    super(options, OWN_OPTIONS);
    this.#ledger = new CycleLedger(cyclicSettings(options), options.collectMetrics === true);
  }

  /** The cycles of one run, by name: the reports of its result or error, with times and histories. */
  cyclesOf(outcome: RunResult<unknown> | WorkflowError): Readonly<Record<string, CycleRecord>> {
    return this.#ledger.recordsOf(outcome);
  }

  /** What was measured of cycles in all runs so far; empty without `collectMetrics`. */
  getCycleMetrics(): CycleMetricsTotal {
    return this.#ledger.totals();
  }

  protected runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }

  protected override watchCycles(run: WatchedRun): CycleWatch | undefined {
    return this.#ledger.watch(run);
  }
}
