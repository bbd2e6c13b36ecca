import { PolyloomError } from "@polyloom/wire";
import { type CycleCounts, CycleProgress } from "./cycle-progress.ts";
import type { CyclePlan } from "../plan/plan.ts";
import type { CycleStopReason } from "../report/cycle-report.ts";
import { type Convergence, decide, type IterationEnd, startConvergence } from "./convergence.ts";
import { exhaustedFailure } from "./cycle-exhausted.ts";
import { caughtFailure, type Failure } from "./failure.ts";
import { type Outputs, resolve } from "./inputs.ts";
import type { Run, RunEnd } from "./run.ts";
import { Status } from "./run-state.ts";
import { endEvent, iterationEvent } from "./cycle-event.ts";
import { CycleSnapshot } from "./cycle-snapshot.ts";
import type { WatchedCycle } from "./cycle-watch.ts";

/** One cycle within a run: started each time its inputs are settled, then repeated until something says stop. */
export class CycleRun implements IterationEnd, WatchedCycle {
  readonly #run: Run;
  readonly plan: CyclePlan;
  /** The iteration that runs, from 1. */
  iteration = 0;
  /** Whether its time is over and it waits for what runs to settle. */
  interrupting = false;
  /** Aborted when its own time is over, or that of what is around it; there once it has started. */
  signal: AbortSignal | undefined;
  #active = false;
  readonly progress: CycleProgress = new CycleProgress();
  #remaining = 0;
  #completed = 0;
  #failed = false;
  #startedAt = 0;
  #controller: AbortController | undefined;
  #timer: unknown;
  #convergence: Convergence | undefined;
  readonly #snapshot: CycleSnapshot;
  #history: unknown[] = [];

  /** Stands still until {@link start}. */
  constructor(run: Run, plan: CyclePlan) {
    this.#run = run;
    this.plan = plan;
    this.#snapshot = new CycleSnapshot(plan.steps);
  }

  /** Grows whenever it begins and ends: what was asked for before has no place after. */
  epoch = 0;

  /** Whether it runs, and its time is not over. */
  get isOpen(): boolean {
    return this.#active && !this.interrupting;
  }

  get iterations(): number {
    return this.progress.iterations;
  }

  get reason(): CycleStopReason | undefined {
    return this.progress.reason;
  }

  stateOf(step: number): unknown {
    return this.#run.nodeStates.of(step);
  }

  /** Outputs of a step in the last completed iteration. */
  committed(step: number): Record<string, unknown> | undefined {
    return this.progress.iterations === 0 ? undefined : this.#snapshot.outputsOf(step);
  }

  /** It runs elsewhere from now on. */
  depart(): void {
    this.#active = true;
    this.epoch++;
    this.progress.begin();
    this.#startedAt = this.#run.clock.now();
  }

  /** Takes over the last completed iteration of a cycle that ran elsewhere. */
  adopt(outputs: Readonly<Outputs>): void {
    this.#snapshot.adopt(outputs);
  }

  /** Takes over how far it came elsewhere. */
  arrive(counts: CycleCounts): void {
    this.#active = false;
    this.progress.adopt(counts);
  }

  /** The place where it ran is gone. */
  lost(): void {
    this.#failed = true;
    if (!this.#run.stopping) this.#end("failed");
  }

  /** Begins with the first iteration, unless its condition says no (C6, C7, C11). */
  start(): void {
    const { timeoutMs, condition, feedback, steps } = this.plan;
    if (!this.#run.scopes.isOpen(this.plan.parent)) return;
    this.#active = true;
    this.epoch++;
    this.interrupting = false;
    this.progress.begin();
    this.iteration = 1;
    this.#history = [];
    this.#startedAt = this.#run.clock.now();
    this.#convergence = startConvergence(this.plan);
    this.#run.feedback.clear(feedback);
    for (const step of steps) this.#run.state.status[step] = Status.pending;
    this.signal = this.#run.scopes.signalOf(this.plan.parent);
    if (timeoutMs !== undefined) {
      this.#controller = new AbortController();
      this.signal = this.#controller.signal;
      this.#timer = this.#run.clock.set(() => this.#timeOut(), timeoutMs);
    }
    this.#run.settings.watch?.started(this);
    let holds = true;
    try {
      if (condition !== undefined && !condition.inside) holds = this.#holds(1);
    } catch (error) {
      return this.#failWith(error);
    }
    if (holds) this.#iterate();
    else this.#end("condition");
  }

  noteCompleted(): void {
    this.#completed++;
  }

  noteFailed(): void {
    this.#failed = true;
  }

  /** One of its units is done with; after the last one the iteration is over. */
  unitSettled(): void {
    if (--this.#remaining === 0 && this.#active && !this.interrupting) this.#iterationOver();
  }

  /** Tells running nodes that the run is over. */
  abort(reason: PolyloomError): void {
    if (this.#active) this.#controller?.abort(reason);
  }

  /** The run is over: notes why, and lets go of the timer. */
  close(end: RunEnd): void {
    if (!this.#active) return;
    this.#leave(end === "failed" && this.#failed ? "failed" : "cancelled");
  }

  #iterate(): void {
    this.iteration = this.progress.iterations + 1;
    this.#remaining = this.plan.units.length;
    this.#completed = 0;
    this.#failed = false;
    this.#run.dependencies.restart(this.plan.units);
  }

  #iterationOver(): void {
    if (this.#failed) return this.#end("failed");
    if (this.#completed === 0) return this.#end("condition");
    this.progress.iterated();
    this.#snapshot.commit(this.#run.state);
    this.#run.events?.emit(iterationEvent(this.plan, this.progress));
    let reason: CycleStopReason | undefined;
    try {
      this.#run.settings.watch?.iterated(this);
      reason = this.#stopReason();
      if (reason === undefined) this.#run.feedback.capture(this.plan.feedback, this.#run.state.outputs);
    } catch (error) {
      return this.#failWith(error);
    }
    if (reason === undefined) this.#iterate();
    else this.#end(reason);
  }

  #stopReason(): CycleStopReason | undefined {
    const { maxIterations, timeoutMs, condition } = this.plan;
    if (this.#convergence!.holds(this)) return "converged";
    if (this.progress.iterations >= maxIterations) return "max_iterations";
    if (timeoutMs !== undefined && this.elapsedMs >= timeoutMs) return "timeout";
    if (condition !== undefined && !this.#holds(this.progress.iterations + 1)) return "condition";
    return undefined;
  }

  get outputs(): Outputs {
    return this.#run.state.outputs;
  }

  /** Milliseconds since it began. */
  get elapsedMs(): number {
    return this.#run.clock.now() - this.#startedAt;
  }

  /** Asks the condition before an iteration; a dead value says no. */
  #holds(iteration: number): boolean {
    const { source, test } = this.plan.condition!;
    const value = resolve(source, this.outputs);
    if (value === undefined) return false;
    const info = { iteration, previous: this.#history.at(-1), elapsedMs: this.elapsedMs, history: this.#history };
    const holds = decide(this.plan, iteration, "continueWhile", test as (value: unknown) => unknown, value, info);
    this.#history = [...this.#history, value].slice(-this.plan.historyWindow);
    return holds;
  }

  #timeOut(): void {
    const { name, timeoutMs, steps } = this.plan;
    if (!this.#run.scopes.isOpen(this.plan.index)) return;
    this.interrupting = true;
    const reason = new PolyloomError("cancelled", `cycle "${name}" ran longer than ${timeoutMs} ms`);
    this.#controller?.abort(reason);
    const inner = this.#run.cycles.filter((cycle) => cycle !== this && cycle.isWithin(this.plan.index));
    for (const cycle of inner) cycle.abort(reason);
    const units = [...steps, ...inner.map((cycle) => cycle.unit)];
    this.#run.interrupt(steps, units, reason, () => {
      for (const cycle of inner) cycle.close("cancelled");
      this.#end("timeout");
      this.#run.pump();
    });
  }

  /** Its number as a unit of the plan. */
  get unit(): number {
    return this.#run.plan.steps.length + this.plan.index;
  }

  /** Whether it lies inside another cycle, at any depth. */
  isWithin(cycle: number): boolean {
    for (let at = this.plan.parent; at >= 0; at = this.#run.plan.cycles[at]!.parent) if (at === cycle) return true;
    return false;
  }

  /** A criterion or a value that throws fails the cycle, and with it the run (C4). */
  #failWith(error: unknown): void {
    this.#fail(caughtFailure(error, { iteration: this.progress.iterations, details: { cycle: this.plan.name } }));
  }

  #fail(failure: Failure): void {
    this.#failed = true;
    this.#run.settings.ledger?.cycleFailed(this.plan.index, failure);
    this.#run.fail(failure, this.plan.index);
    if (!this.#run.stopping) this.#end("failed");
  }

  #end(reason: CycleStopReason): void {
    if (!this.#active || this.#run.stopping) return;
    const { onExhausted, parent } = this.plan;
    if (reason !== "converged" && reason !== "max_iterations") this.#restore();
    this.#leave(reason);
    if (onExhausted === "fail" && (reason === "max_iterations" || reason === "timeout")) return this.#exhausted(reason);
    this.#run.settle(this.unit, parent);
  }

  #exhausted(reason: "max_iterations" | "timeout"): void {
    const { index, parent } = this.plan;
    const failure = exhaustedFailure(this.#run.plan, this, reason);
    this.#run.settings.ledger?.cycleFailed(index, failure);
    this.#run.fail(failure, parent);
    if (!this.#run.stopping) this.#run.settle(this.unit, parent);
  }

  #leave(reason: CycleStopReason): void {
    this.#active = false;
    this.interrupting = false;
    this.epoch++;
    this.progress.reason = reason;
    this.progress.elapsedMs = this.#run.clock.now() - this.#startedAt;
    this.#controller = undefined;
    if (this.#timer !== undefined) this.#run.clock.clear(this.#timer);
    this.#timer = undefined;
    this.#run.settings.watch?.ended(this);
    this.#run.nodeStates.forget(this.plan.steps);
    this.#run.events?.emit(endEvent(this.plan, this.progress, reason));
  }

  /** Puts back the last completed iteration; without one the body counts as skipped. */
  #restore(): void {
    const { state, plan, book } = this.#run;
    if (this.progress.iterations > 0) return this.#snapshot.restore(state);
    for (const index of this.plan.steps) {
      const hasEnded = state.status[index] !== Status.pending;
      if (state.status[index] === Status.failed) continue;
      if (!hasEnded) book.skipped(plan.steps[index]!, this.iteration);
      state.outputs[index] = undefined;
      state.status[index] = Status.skipped;
    }
  }
}
