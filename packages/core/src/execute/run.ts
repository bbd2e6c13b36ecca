import { PolyloomError } from "@polyloom/wire";
import { Batches } from "../batch/batches.ts";
import type { Emitter } from "../observe/emitter.ts";
import type { NodeTiming } from "../observe/node-timing.ts";
import type { Plan, Step } from "../plan/plan.ts";
import type { Activation, ActivationOwner } from "./activation.ts";
import type { Clock } from "./clock.ts";
import { CycleRun } from "./cycle-run.ts";
import { Dependencies } from "./dependencies.ts";
import { type Failure, failureOf } from "./failure.ts";
import { Feedback } from "./feedback.ts";
import { Interruptions } from "./interruption.ts";
import { Launcher } from "./launcher.ts";
import { Moves } from "./moves.ts";
import { NodeBook, type Span } from "./node-book.ts";
import { NodeStates } from "./node-states.ts";
import { Promises } from "./promises.ts";
import { ReadyQueue, shuffled } from "./ready-queue.ts";
import { Resumable } from "./resumable.ts";
import type { RunSettings } from "./run-settings.ts";
import type { RunState } from "./run-state.ts";
import { Scopes } from "./scopes.ts";
import { Slots } from "./slots.ts";
import { Turns } from "./turns.ts";
import type { ValueChecker } from "./values.ts";

type Values = Record<string, unknown>;

/** How a run ended. */
export type RunEnd = "completed" | "failed" | "cancelled";

/** One execution of a plan: the one ready-queue loop. */
export class Run implements ActivationOwner {
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly runId: string;
  readonly clock: Clock;
  readonly events: Emitter | undefined;
  readonly timing: NodeTiming | undefined;
  readonly values: ValueChecker;
  readonly state: RunState;
  readonly book: NodeBook;
  readonly cycles: readonly CycleRun[];
  readonly scopes: Scopes;
  readonly feedback: Feedback;
  readonly nodeStates: NodeStates = new NodeStates();
  /** Activations that wait: for a promise, or for their next attempt. */
  readonly active: Set<Activation> = new Set();
  readonly failures: Failure[] = [];
  readonly ended: Promise<RunEnd>;
  /** Whether nothing starts any more. */
  stopping = false;
  /** What running nodes are told when the run stops. */
  reason: PolyloomError | undefined;
  lateResults = 0;
  /** Why the run was stopped from outside, if it was. */
  cause: PolyloomError | undefined;
  /** Units that wait for a slot. */
  readonly queue: ReadyQueue;
  readonly dependencies: Dependencies;
  /** Ports that are moved to whoever reads them last. */
  readonly moves: Moves | undefined;
  readonly slots: Slots;
  readonly #turns: Turns;
  readonly launcher: Launcher;
  readonly promises: Promises = new Promises(this);
  readonly #resumable: Resumable = new Resumable();
  /** Bodies whose time is over. */
  readonly interruptions: Interruptions;
  /** What runs elsewhere, fused. */
  readonly batches: Batches | undefined;
  #remaining: number;
  #pumping = false;
  #end: ((end: RunEnd) => void) | undefined;
  #grace: unknown;

  /** Nothing starts before {@link start}. */
  constructor(plan: Plan, settings: RunSettings) {
    this.plan = plan;
    this.settings = settings;
    this.runId = settings.runId;
    this.clock = settings.clock;
    this.events = settings.events;
    this.timing = settings.timing;
    this.values = settings.values;
    this.book = new NodeBook(plan, settings);
    this.state = this.book.state;
    this.feedback = new Feedback(plan.slots);
    // Whatever may be tried again needs its inputs again.
    this.moves = plan.moves && !settings.retry ? new Moves(plan.moves, this.state.outputs) : undefined;
    this.cycles = plan.cycles.map((cycle) => new CycleRun(this, cycle));
    this.scopes = new Scopes(plan, this.cycles);
    this.dependencies = new Dependencies(plan, (unit) => this.#ready(unit));
    const order = settings.shuffle ? shuffled(plan.order, settings.random) : plan.order;
    this.queue = new ReadyQueue(order);
    this.slots = new Slots(settings.maxConcurrency, settings.groupLimits, order, (unit) => this.queue.push(unit));
    this.#turns = new Turns(settings.clock, () => this.pump());
    this.launcher = new Launcher(this);
    this.interruptions = new Interruptions(this);
    this.batches = settings.batches && new Batches(this, settings.batches);
    this.#remaining = plan.units.length;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Starts whatever waits for nothing. */
  start(): void {
    this.dependencies.start();
    this.finishIfDone();
    this.pump();
  }

  /** Stops the run: nothing starts any more, what runs is aborted and has the grace period to settle. */
  cancel(cause: PolyloomError): void {
    if (this.stopping) return;
    this.cause = cause;
    this.#stop(cause);
  }

  /** The loop: starts ready units while there are slots, and gives the event loop its turns (K5). */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.guard(() => this.#startReady());
    this.#pumping = false;
    this.#checkIdle();
  }

  /** What the engine itself throws ends the run. */
  guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#break("the engine met an error of its own", error);
    }
  }

  #startReady(): void {
    do this.#startQueued();
    while (this.batches?.takeUp() === true);
  }

  #startQueued(): void {
    while (!this.stopping && this.slots.free && this.queue.size > 0 && !this.#turns.due()) {
      const unit = this.queue.pop();
      if (unit !== undefined) this.#activate(unit);
    }
  }

  /** Leaves units of the workflow itself to somebody else: for this run they are done with. */
  leave(units: readonly number[]): void {
    this.#remaining -= units.length;
    this.finishIfDone();
  }

  /** Counts a result that came after its node was given up. */
  dropLate(): void {
    this.lateResults++;
    this.settings.dropLate();
  }

  /** Puts an activation whose wait is over back among the ready. */
  requeue(activation: Activation): void {
    this.#resumable.add(activation);
    this.queue.push(activation.step.index);
    this.pump();
  }

  completed(activation: Activation, values: Values): void {
    this.nodeCompleted(activation.step, values, activation);
  }

  nodeCompleted(step: Step, values: Values, span: Span): void {
    this.book.completed(step, values, span);
    this.scopes.noteCompleted(step.scope);
    this.settle(step.index, step.scope);
    if (this.interruptions.size > 0) this.interruptions.check();
  }

  failed(activation: Activation, failure: Failure): void {
    this.nodeFailed(activation.step, failure, activation);
  }

  /** `isTold`: the run knows of the failure. */
  nodeFailed(step: Step, failure: Failure, span: Span, isTold = false): void {
    this.book.failed(step, failure, span);
    if (!isTold) this.fail(failure, step.scope);
    if (this.stopping) return this.checkStopped();
    this.settle(step.index, step.scope);
    this.interruptions.check();
  }

  /** Notes a failure; in `stop` mode it ends the run (E3). */
  fail(failure: Failure, scope: number): void {
    this.failures.push(failure);
    this.scopes.noteFailed(scope);
    // Whoever heard of the failure may have stopped the run already.
    if (this.settings.onFailure === "stop" && !this.stopping)
      this.#stop(new PolyloomError("cancelled", `the run stopped because ${failure.message}`));
  }

  cancelled(activation: Activation): void {
    this.nodeCancelled(activation.step, activation);
  }

  nodeCancelled(step: Step, span: Span): void {
    this.book.cancelled(step, span);
    this.interruptions.check();
    this.checkStopped();
  }

  /** Marks a step as one that had nothing to run with. */
  skip(step: Step): void {
    this.book.skipped(step, this.scopes.iterationOf(step.scope));
    this.settle(step.index, step.scope);
  }

  /** A unit is done with; whoever waited for it may be ready. */
  settle(unit: number, scope: number): void {
    if (scope < 0 && unit >= this.plan.steps.length) this.settings.ledger?.cycleSettled(unit - this.plan.steps.length);
    this.dependencies.settle(unit);
    if (scope >= 0) this.cycles[scope]!.unitSettled();
    else if (--this.#remaining === 0) this.finishIfDone();
  }

  /** Ends a run of which nothing is left, once its batches have said their last word. */
  finishIfDone(): void {
    if (this.#remaining > 0 || this.stopping || this.batches?.idle === false) return;
    this.#finish(this.failures.length > 0 ? "failed" : "completed");
  }

  #ready(unit: number): void {
    this.book.ready(unit);
    if (this.batches?.holds(unit) !== true) this.queue.push(unit);
  }

  #activate(unit: number): void {
    if (this.settings.admit?.(unit) === false) return;
    if (this.batches?.start(unit) === true) return;
    const step = this.plan.steps[unit];
    if (step === undefined) return this.cycles[unit - this.plan.steps.length]!.start();
    if (step.scope >= 0 && !this.scopes.isOpen(step.scope)) return;
    if (this.slots.defer(step)) return;
    if (this.#resumable.has(unit)) return this.#resume(unit);
    this.launcher.launch(step);
  }

  #resume(unit: number): void {
    this.#resumable.take(unit).begin();
    if (this.#resumable.has(unit) || this.launcher.maps.has(unit)) this.queue.push(unit);
  }

  #stop(reason: PolyloomError): void {
    this.stopping = true;
    this.reason = reason;
    this.queue.clear();
    this.scopes.abort(reason);
    for (const map of this.launcher.maps.values()) map.cancel(reason);
    for (const activation of this.active) activation.cancel(reason);
    this.batches?.cancel();
    if (this.slots.running > 0) this.#grace = this.clock.set(() => this.#abandonAll(), this.settings.graceMs);
    this.checkStopped();
  }

  #abandonAll(): void {
    for (const activation of this.active) activation.abandon();
    this.batches?.abandon();
    this.checkStopped();
  }

  /** Ends a run that stops once nothing of it runs any more. */
  checkStopped(): void {
    if (this.stopping && this.active.size === 0 && this.launcher.maps.size === 0 && this.slots.running === 0)
      this.#finish(this.cause === undefined ? "failed" : "cancelled");
  }

  /** A run that waits for nothing and is not over would wait for ever: that is a defect, and has to be told. */
  #checkIdle(): void {
    if (this.stopping || this.#remaining === 0 || this.queue.size > 0 || this.active.size > 0) return;
    if (this.launcher.maps.size > 0 || this.#turns.scheduled || this.interruptions.size > 0) return;
    if (!this.promises.idle) return;
    this.#break("the run came to a halt with work left");
  }

  /** Better an error that says so than a run that never ends. */
  #break(problem: string, cause?: unknown): void {
    const message = `${problem}; please report this, with the workflow`;
    this.failures.push(failureOf(new PolyloomError("internal", message, { cause })));
    this.#finish("failed");
  }

  #finish(end: RunEnd): void {
    this.stopping = true;
    this.#turns.stop();
    if (this.#grace !== undefined) this.clock.clear(this.#grace);
    this.interruptions.close();
    for (const cycle of this.cycles) cycle.close(end);
    this.#end?.(end);
    this.#end = undefined;
  }
}
