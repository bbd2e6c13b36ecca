import { PolyloomError } from "@polyloom/wire";
import { type CycleMark, CycleProgress } from "./cycle-progress.ts";
import type { CyclePlan } from "../plan/plan.ts";
import type { CycleStopReason } from "../report/cycle-report.ts";
import { type Condition, startCondition } from "./condition.ts";
import { type Convergence, type IterationEnd, startConvergence } from "./convergence.ts";
import { exhaustedFailure } from "./cycle-exhausted.ts";
import { caughtFailure, type Failure } from "./failure.ts";
import type { Outputs } from "./inputs.ts";
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
  #condition: Condition | undefined;
  /** Where it goes on, if not afresh. */
  #mark: CycleMark | undefined;

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

  get lapMs(): number {
    return this.#run.book.lastTick - this.#startedAt;
  }

  stateOf(step: number): unknown {
    return this.#run.nodeStates.of(step);
  }

  /** Outputs of a step in the last completed iteration. */
  committed(step: number): Record<string, unknown> | undefined {
    return this.progress.iterations === 0 ? undefined : this.#snapshot.outputsOf(step);
  }

  get mark(): CycleMark {
    return { elapsedMs: this.elapsedMs, memory: this.#convergence!.memory(), history: this.#condition?.memory() };
  }

  /** Makes it start from there, with whatever else was put in its place. */
  goOnFrom(mark: CycleMark): void {
    this.#mark = mark;
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

  /** It is over elsewhere. */
  arrive(): void {
    this.#active = false;
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
    const mark = this.#mark;
    this.#mark = undefined;
    this.#active = true;
    this.epoch++;
    this.interrupting = false;
    this.#condition = this.plan.condition && startCondition(this.plan, mark?.history);
    this.#startedAt = this.#run.clock.now() - (mark?.elapsedMs ?? 0);
    this.#convergence = startConvergence(this.plan, mark?.memory);
    this.signal = this.#run.scopes.signalOf(this.plan.parent);
    if (mark !== undefined) return this.#iterate();
    this.progress.begin();
    this.iteration = 1;
    this.#run.feedback.clear(feedback);
    for (const step of steps) this.#run.state.status[step] = Status.pending;
    if (timeoutMs !== undefined) {
      this.#controller = new AbortController();
      this.signal = this.#controller.signal;
      this.#timer = this.#run.clock.set(() => this.#timeOut(), timeoutMs);
    }
    this.#run.settings.watch?.started(this);
    let holds = true;
    try {
      if (condition !== undefined && !condition.inside) holds = this.#condition!.holds(1, this);
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
    if (reason !== undefined) this.#end(reason);
    else if (this.#run.settings.ledger?.cycleIterated(this.plan.index) !== false) this.#iterate();
    else this.#depart();
  }

  /** It goes on elsewhere, from the end of this iteration. */
  #depart(): void {
    this.#active = false;
    this.#run.leave([this.unit]);
  }

  #stopReason(): CycleStopReason | undefined {
    const { maxIterations, timeoutMs } = this.plan;
    if (this.#convergence!.holds(this)) return "converged";
    if (this.progress.iterations >= maxIterations) return "max_iterations";
    if (timeoutMs !== undefined && this.elapsedMs >= timeoutMs) return "timeout";
    this.iteration++;
    if (this.#condition?.holds(this.iteration, this) === false) return "condition";
    return undefined;
  }

  get outputs(): Outputs {
    return this.#run.state.outputs;
  }

  /** Milliseconds since it began. */
  get elapsedMs(): number {
    return this.#run.clock.now() - this.#startedAt;
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
    this.#run.interruptions.begin(steps, units, reason, () => {
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
    this.#fail(caughtFailure(error, { iteration: this.iteration, details: { cycle: this.plan.name } }));
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
