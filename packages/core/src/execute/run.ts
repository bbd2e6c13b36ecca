import { PolyloomError } from "@polyloom/wire";
import type { Logger } from "pino";
import type { Emitter } from "../observe/emitter.ts";
import type { NodeTiming } from "../observe/node-timing.ts";
import type { Plan, Step } from "../plan/plan.ts";
import { Activation, type ActivationOwner } from "./activation.ts";
import type { Clock } from "./clock.ts";
import { Feedback } from "./feedback.ts";
import { CycleRun } from "./cycle-run.ts";
import { type Failure, failureOf } from "./failure.ts";
import { resolve } from "./inputs.ts";
import { MapRun } from "./map-run.ts";
import { ReadyQueue } from "./ready-queue.ts";
import type { RunSettings } from "./run-settings.ts";
import { initialState, type RunState, Status } from "./run-state.ts";
import { Slots } from "./slots.ts";
import { NodeStates } from "./node-states.ts";
import { isThenable, type Outcome, type Task } from "./task.ts";
import { Turns } from "./turns.ts";
import type { ValueChecker } from "./values.ts";

type Values = Record<string, unknown>;

/** How a run ended. */
export type RunEnd = "completed" | "failed" | "cancelled";

/** One execution of a plan: the one ready-queue loop. */
export class Run implements ActivationOwner {
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly state: RunState;
  readonly cycles: readonly CycleRun[];
  readonly feedback: Feedback;
  readonly failures: Failure[] = [];
  readonly ended: Promise<RunEnd>;
  stopping = false;
  readonly #queue: ReadyQueue;
  readonly #queued: Uint8Array;
  readonly #pending: Int32Array;
  readonly #slots: Slots;
  readonly #turns: Turns;
  readonly nodeStates: NodeStates = new NodeStates();
  readonly #controller: AbortController = new AbortController();
  readonly #active: Set<Activation> = new Set();
  readonly #maps: Map<number, MapRun> = new Map();
  readonly #resumable: Map<number, Activation[]> = new Map();
  readonly #startedAt: number;
  #remaining: number;
  #relaying = 0;
  #pumping = false;
  #end: ((end: RunEnd) => void) | undefined;
  #cause: PolyloomError | undefined;
  #grace: unknown;
  #lastTick = 0;

  /** Nothing starts before {@link start}. */
  constructor(plan: Plan, settings: RunSettings) {
    this.plan = plan;
    this.settings = settings;
    this.#startedAt = settings.clock.now();
    this.state = initialState(plan, settings.timing !== undefined || settings.events !== undefined);
    this.#pending = plan.waits.slice();
    this.#queued = new Uint8Array(plan.waits.length);
    this.#queue = new ReadyQueue(plan.order);
    this.#slots = new Slots(settings.maxConcurrency, settings.groupLimits, (unit) => this.#enqueue(unit));
    this.#turns = new Turns(settings.clock, () => this.pump());
    this.#remaining = plan.units.length;
    this.feedback = new Feedback(plan.slots);
    this.cycles = plan.cycles.map((cycle) => new CycleRun(this, cycle));
    this.ended = new Promise((resolveEnd) => (this.#end = resolveEnd));
  }

  get runId(): string {
    return this.settings.runId;
  }

  get clock(): Clock {
    return this.settings.clock;
  }

  get events(): Emitter | undefined {
    return this.settings.events;
  }

  get timing(): NodeTiming | undefined {
    return this.settings.timing;
  }

  get timed(): boolean {
    return this.state.startedAt !== undefined;
  }

  get logger(): Logger {
    return this.settings.logger();
  }

  get values(): ValueChecker {
    return this.settings.values;
  }

  /** Why the run was stopped from outside, if it was. */
  get cause(): PolyloomError | undefined {
    return this.#cause;
  }

  /** Starts whatever waits for nothing. */
  start(): void {
    if (this.plan.units.length === 0) return this.#finish("completed");
    for (const unit of this.plan.units) if (this.#pending[unit] === 0) this.#enqueue(unit);
    this.pump();
  }

  /** Stops the run: nothing starts any more, what runs is aborted and has the grace period to settle. */
  cancel(cause: PolyloomError): void {
    if (this.stopping) return;
    this.#cause = cause;
    this.#stop(cause);
  }

  /** The loop: starts ready units while there are slots, and gives the event loop its turns (K5). */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.stopping && this.#slots.free) {
      if (this.#queue.size > 0 && this.#turns.due()) break;
      const unit = this.#queue.pop();
      if (unit === undefined) break;
      if (this.#queued[unit] === 0) continue;
      this.#queued[unit] = 0;
      this.#activate(unit);
    }
    this.#pumping = false;
    this.#checkIdle();
  }

  /** Runs one attempt in the runtime's place. */
  runTask(task: Task, signal: AbortSignal): Outcome | PromiseLike<Outcome> {
    return this.settings.runTask(task, signal);
  }

  preempt(nodeId: string): void {
    this.settings.preempt(nodeId);
  }

  dropLate(): void {
    this.settings.dropLate();
  }

  /** Reads the clock once for all who want to know. */
  tick(): number {
    return (this.#lastTick = this.clock.now());
  }

  signalOf(scope: number): AbortSignal {
    for (let at = scope; at >= 0; at = this.plan.cycles[at]!.parent) {
      const signal = this.cycles[at]!.signal;
      if (signal !== undefined) return signal;
    }
    return this.#controller.signal;
  }

  /** The running iteration of a cycle, from 1; 0 outside cycles. */
  iterationOf(scope: number): number {
    return scope < 0 ? 0 : this.cycles[scope]!.iteration;
  }

  take(step: Step): void {
    this.state.status[step.index] = Status.running;
    this.#slots.take(step);
  }

  release(step: Step): void {
    this.#slots.release(step);
  }

  track(activation: Activation): void {
    this.#active.add(activation);
  }

  untrack(activation: Activation): void {
    if (this.#active.size > 0) this.#active.delete(activation);
  }

  /** Puts an activation whose wait is over back among the ready. */
  requeue(activation: Activation): void {
    const { index } = activation.step;
    const waiting = this.#resumable.get(index);
    if (waiting) waiting.push(activation);
    else this.#resumable.set(index, [activation]);
    this.#enqueue(index);
    this.pump();
  }

  /** Puts a unit among the ready. */
  enqueueMap(index: number): void {
    this.#enqueue(index);
  }

  completed(activation: Activation, values: Values): void {
    const { step } = activation;
    if (activation.attempt > 1) this.state.attempts.set(step.index, activation.attempt);
    if (activation.where !== undefined) this.state.where.set(step.index, activation.where);
    this.nodeCompleted(step, values, activation.startedAt, activation.iteration, activation.attempt);
  }

  nodeCompleted(step: Step, values: Values, startedAt: number, iteration: number, attempts: number): void {
    this.state.outputs[step.index] = values;
    this.state.status[step.index] = Status.completed;
    const durationMs = this.#clockOut(step, startedAt);
    this.events?.emit({ type: "node.completed", nodeId: step.id, iteration, attempts, durationMs });
    for (let at = step.scope; at >= 0; at = this.plan.cycles[at]!.parent) this.cycles[at]!.noteCompleted();
    this.settle(step.index, step.scope);
  }

  failed(activation: Activation, failure: Failure): void {
    this.nodeFailed(activation.step, failure, activation.startedAt, activation.iteration, activation.attempt);
  }

  nodeFailed(step: Step, failure: Failure, startedAt: number, iteration: number, attempts: number): void {
    const durationMs = this.#clockOut(step, startedAt);
    if (attempts > 1) this.state.attempts.set(step.index, attempts);
    const { code, message } = failure;
    this.state.outputs[step.index] = undefined;
    this.state.status[step.index] = Status.failed;
    this.events?.emit({ type: "node.failed", nodeId: step.id, iteration, attempts, durationMs, code, message });
    this.fail(failure, step.scope);
    if (!this.stopping) this.settle(step.index, step.scope);
    else this.#checkStopped();
  }

  /** Notes a failure; in `stop` mode it ends the run (E3). */
  fail(failure: Failure, scope: number): void {
    this.failures.push(failure);
    for (let at = scope; at >= 0; at = this.plan.cycles[at]!.parent) this.cycles[at]!.noteFailed();
    if (this.settings.onFailure === "continue") return;
    this.#stop(new PolyloomError("cancelled", `the run stopped because ${failure.message}`));
  }

  cancelled(activation: Activation): void {
    this.nodeCancelled(activation.step, activation.startedAt, activation.iteration);
  }

  nodeCancelled(step: Step, startedAt: number, iteration: number): void {
    this.#maps.delete(step.index);
    const durationMs = this.#clockOut(step, startedAt);
    this.state.outputs[step.index] = undefined;
    this.state.status[step.index] = Status.cancelled;
    this.events?.emit({ type: "node.cancelled", nodeId: step.id, iteration, durationMs });
    for (let at = step.scope; at >= 0; at = this.plan.cycles[at]!.parent) this.cycles[at]!.noteCancelled();
    this.#checkStopped();
  }

  /** A unit is done with; whoever waited for it may be ready. */
  settle(unit: number, scope: number): void {
    const { start, targets } = this.plan.next;
    for (let e = start[unit]!, end = start[unit + 1]!; e < end; e++) if (--this.#pending[targets[e]!]! === 0) this.#enqueue(targets[e]!);
    if (scope >= 0) this.cycles[scope]!.unitSettled();
    else if (--this.#remaining === 0) this.#finish(this.failures.length > 0 ? "failed" : "completed");
  }

  /** Makes the units of a body wait again, and starts those that wait for nothing. */
  restart(units: readonly number[]): void {
    for (const unit of units) this.#pending[unit] = this.plan.waits[unit]!;
    for (const unit of units) if (this.#pending[unit] === 0) this.#enqueue(unit);
  }

  /** Takes units out of the queue and aborts what runs of them; calls back when all has settled or was abandoned. */
  interrupt(steps: ReadonlySet<number>, units: Iterable<number>, reason: PolyloomError, done: () => void): void {
    for (const unit of units) this.#queued[unit] = 0;
    const running = [...this.#active].filter(({ step }) => steps.has(step.index));
    for (const index of steps) this.#maps.get(index)?.cancel();
    for (const activation of running) activation.cancel(reason);
    if (running.every(({ over }) => over)) return done();
    this.clock.set(() => {
      for (const activation of running) activation.abandon();
    }, this.settings.graceMs);
  }

  #enqueue(unit: number): void {
    if (this.#queued[unit] === 1) return;
    this.#queued[unit] = 1;
    this.#queue.push(unit);
    this.timing?.ready(unit, this.#lastTick);
  }

  #activate(unit: number): void {
    const step = this.plan.steps[unit];
    if (step === undefined) return this.cycles[unit - this.plan.steps.length]!.start();
    if (this.#slots.defer(step)) return;
    if (this.#resumable.size > 0 && this.#resume(unit)) return;
    const map = this.#maps.get(unit);
    if (map !== undefined) return map.next();
    this.#begin(step);
  }

  #begin(step: Step): void {
    const raw = this.#isGated(step) ? undefined : this.#bind(step);
    if (step.kind === "relay") return this.#relay(step, raw);
    if (raw === undefined) return this.skip(step);
    this.events?.emit({ type: "node.started", nodeId: step.id, iteration: this.iterationOf(step.scope) });
    if (step.kind === "node") return new Activation(this, step, this).begin(step.table, raw);
    const map = new MapRun(this, step, () => this.#maps.delete(step.index));
    this.#maps.set(step.index, map);
    map.start(raw);
  }

  #resume(unit: number): boolean {
    const waiting = this.#resumable.get(unit);
    const next = waiting?.shift();
    if (next === undefined) return false;
    if (waiting!.length === 0) this.#resumable.delete(unit);
    if (waiting!.length > 0 || this.#maps.has(unit)) this.#enqueue(unit);
    if (!next.over) next.resume();
    return true;
  }

  #isGated(step: Step): boolean {
    for (const gate of step.gates) if (this.state.outputs[gate] === undefined) return true;
    return false;
  }

  /** The inputs of a step as they come (S6); `undefined` when a required one is dead (S3). */
  #bind(step: Step): Values | undefined {
    const raw: Values = {};
    const given = this.settings.parameters?.get(step.index);
    for (const input of step.inputs) {
      const { name, required } = input.port;
      let value = input.slots.length > 0 ? this.feedback.read(input.slots) : undefined;
      if (value === undefined && given !== undefined && Object.hasOwn(given, name)) value = given[name];
      else if (value === undefined && input.connection !== undefined) value = resolve(input.connection, this.state.outputs);
      if (value === undefined) value = input.literal?.value;
      if (input.slots.length > 0) this.feedback.note(input.slots, value);
      if (value !== undefined) raw[name] = value;
      else if (required) return undefined;
    }
    return raw;
  }

  #relay(step: Step, raw: Values | undefined): void {
    if (raw === undefined) return this.#relayed(step, undefined);
    try {
      const values = this.values.check(step.table, raw, step, "input");
      if (!isThenable(values)) return this.#relayed(step, values);
      this.#relaying++;
      const settle = (next: () => void): void => {
        this.#relaying--;
        if (!this.stopping) next();
        this.pump();
      };
      values.then((each) => settle(() => this.#relayed(step, each)), (error: unknown) => settle(() => this.#relayFailed(step, error)));
    } catch (error) {
      this.#relayFailed(step, error);
    }
  }

  #relayed(step: Step, values: Values | undefined): void {
    this.state.outputs[step.index] = values;
    this.state.status[step.index] = values === undefined ? Status.skipped : Status.completed;
    this.settle(step.index, step.scope);
  }

  #relayFailed(step: Step, error: unknown): void {
    const iteration = this.iterationOf(step.scope);
    this.events?.emit({ type: "node.started", nodeId: step.id, iteration });
    const coded = error instanceof PolyloomError ? error : new PolyloomError("connection_invalid", String(error), { cause: error });
    this.nodeFailed(step, failureOf(coded, { nodeId: step.id, iteration: iteration || undefined }), this.#lastTick, iteration, 1);
  }

  /** Marks a step as one that had nothing to run with. */
  skip(step: Step): void {
    this.markSkipped(step);
    this.settle(step.index, step.scope);
  }

  markSkipped(step: Step): void {
    this.state.outputs[step.index] = undefined;
    this.state.status[step.index] = Status.skipped;
    if (step.kind !== "relay") this.events?.emit({ type: "node.skipped", nodeId: step.id, iteration: this.iterationOf(step.scope) });
  }

  #clockOut({ index }: Step, startedAt: number): number {
    if (!this.timed) return 0;
    const durationMs = this.tick() - startedAt;
    this.state.startedAt![index] = startedAt - this.#startedAt;
    this.state.durationMs![index] = durationMs;
    this.timing?.ran(index, startedAt, durationMs);
    return durationMs;
  }

  #stop(reason: PolyloomError): void {
    this.stopping = true;
    this.#queue.clear();
    this.#controller.abort(reason);
    for (const cycle of this.cycles) cycle.abort(reason);
    for (const map of this.#maps.values()) map.cancel();
    for (const activation of this.#active) activation.cancel(reason);
    if (this.#active.size === 0) return this.#checkStopped();
    this.#grace = this.clock.set(() => {
      for (const activation of this.#active) this.preempt(activation.step.id);
      for (const activation of this.#active) activation.abandon();
      this.#checkStopped();
    }, this.settings.graceMs);
  }

  #checkStopped(): void {
    if (this.stopping && this.#active.size === 0 && this.#maps.size === 0) this.#finish(this.#cause === undefined ? "failed" : "cancelled");
  }

  #checkIdle(): void {
    const idle = !this.stopping && this.#remaining > 0 && this.#queue.size === 0 && this.#active.size === 0 && this.#relaying === 0;
    if (!idle || this.#maps.size > 0 || this.#turns.scheduled || this.cycles.some((cycle) => cycle.interrupting)) return;
    this.fail(failureOf(new PolyloomError("internal", "the run came to a halt with work left; please report this with the workflow")), -1);
    this.#finish("failed");
  }

  #finish(end: RunEnd): void {
    this.stopping = true;
    this.#turns.stop();
    if (this.#grace !== undefined) this.clock.clear(this.#grace);
    for (const cycle of this.cycles) cycle.close(end);
    this.#end?.(end);
    this.#end = undefined;
  }
}
