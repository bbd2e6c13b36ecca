import { type CycleStopReason, PolyloomError } from "@polyloom/core";
import type { WatchedCycle, WatchedRun } from "@polyloom/core/runtime";
import { estimateBytes } from "@polyloom/wire";
import { isPromise } from "node:util/types";
import type { CyclicSettings } from "./cyclic-options.ts";
import { HistoryWindow, type IterationRecord } from "./history-window.ts";
import { IterationTiming } from "./iteration-times.ts";

/** What is kept and told of one cycle within a run; a nested one runs more than once. */
export class CycleBook {
  readonly name: string;
  /** Of all the times that the cycle ran; only where metrics are collected. */
  readonly timing: IterationTiming | undefined;
  /** How often it stopped for which reason. */
  readonly reasons: Map<CycleStopReason, number> = new Map();
  readonly #run: WatchedRun;
  readonly #settings: CyclicSettings;
  readonly #nodes: readonly (readonly [step: number, id: string])[];
  readonly #isTold: boolean;
  #history: HistoryWindow | undefined;
  #before = 0;

  /** Starts with nothing, for a cycle of this run. */
  constructor(run: WatchedRun, { plan: { name, steps } }: WatchedCycle, settings: CyclicSettings, isTimed: boolean) {
    this.name = name;
    this.timing = isTimed ? new IterationTiming() : undefined;
    this.#run = run;
    this.#settings = settings;
    this.#nodes = steps
      .map((step) => run.plan.steps[step]!)
      .filter(({ kind }) => kind !== "relay")
      .map(({ index, id }) => [index, id] as const);
    const { history, onIteration, memoryLimit } = settings;
    this.#isTold = history !== undefined || onIteration !== undefined || memoryLimit !== undefined;
  }

  /** Of the last time that the cycle ran. */
  get history(): readonly IterationRecord[] {
    return this.#history?.records ?? [];
  }

  /** The cycle begins, perhaps not for the first time. */
  begin(): void {
    const { history } = this.#settings;
    this.#before = 0;
    this.#history = history && new HistoryWindow(history);
  }

  /**
   * An iteration is complete.
   * @throws PolyloomError `cycle_memory_exceeded`
   */
  iterated(cycle: WatchedCycle): void {
    const elapsedMs = cycle.lapMs;
    this.timing?.add(elapsedMs - this.#before);
    this.#before = elapsedMs;
    if (this.#isTold)
      this.#tell(cycle, { iteration: cycle.progress.iterations, values: this.#valuesOf(cycle), elapsedMs });
  }

  /** The cycle is over; its state is still there. */
  end(cycle: WatchedCycle): void {
    const { iterations, elapsedMs } = cycle.progress;
    const reason = cycle.progress.reason!;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    const { onCycleEnd } = this.#settings;
    if (onCycleEnd === undefined) return;
    const { runId } = this.#run;
    this.#call(onCycleEnd, { runId, cycle: this.name, iterations, reason, elapsedMs, state: this.#stateOf(cycle) });
  }

  #tell(cycle: WatchedCycle, record: IterationRecord): void {
    const { onIteration, memoryLimit } = this.#settings;
    this.#history?.add(record, memoryLimit !== undefined);
    if (onIteration !== undefined) this.#call(onIteration, { runId: this.#run.runId, cycle: this.name, ...record });
    if (memoryLimit !== undefined) this.#refuseAbove(memoryLimit, cycle, record);
  }

  /** What a hook throws, at once or later, fails nothing (E7). */
  #call<M>(hook: (moment: M) => unknown, moment: M): void {
    try {
      const answer = hook(Object.freeze(moment));
      if (isPromise(answer)) answer.catch(this.#run.onError);
    } catch (error) {
      this.#run.onError(error);
    }
  }

  #refuseAbove(limit: number, cycle: WatchedCycle, { iteration, values }: IterationRecord): void {
    const kept =
      this.#history === undefined || this.#history.isEmpty ? estimateBytes(values, limit) : this.#history.bytes;
    const bytes = kept + estimateBytes(this.#stateOf(cycle), limit);
    if (bytes <= limit) return;
    throw new PolyloomError(
      "cycle_memory_exceeded",
      `cycle "${this.name}" keeps at least ${bytes} bytes after iteration ${iteration}, more than its memoryLimit of ${limit}`,
      { details: { cycle: this.name, bytes, limit } },
    );
  }

  #valuesOf({ outputs }: WatchedCycle): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const [step, id] of this.#nodes) if (outputs[step] !== undefined) values[id] = outputs[step];
    return Object.freeze(values);
  }

  #stateOf(cycle: WatchedCycle): Readonly<Record<string, unknown>> {
    const state: Record<string, unknown> = {};
    for (const [step, id] of this.#nodes) {
      const kept = cycle.stateOf(step);
      if (kept !== undefined) state[id] = kept;
    }
    return Object.freeze(state);
  }
}
