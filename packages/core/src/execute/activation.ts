import { type PolyloomError } from "@polyloom/wire";
import type { RetryPolicy } from "../define/retry-policy.ts";
import type { PortTable } from "../define/schema.ts";
import type { Step } from "../plan/plan.ts";
import { AttemptLimit } from "./attempt-limit.ts";
import { taskOf, TaskContext } from "./context.ts";
import { noObjectFailure, outcomeFailure, timeoutFailure, unansweredFailure } from "./attempt-failure.ts";
import { caughtFailure, type Failure, type FailurePlace } from "./failure.ts";
import type { Span } from "./node-book.ts";
import { retryDelay } from "./retry.ts";
import type { Run } from "./run.ts";
import { Status } from "./run-state.ts";
import type { Outcome, Task } from "./task.ts";

type Values = Record<string, unknown>;

/** A runtime that gives nothing back for a task is at fault, not the node. */
const NO_OUTCOME: Outcome = { status: "failed", error: new Error("the runtime gave no outcome"), code: "internal" };

/** Whoever an activation belongs to: the run itself, or a map for one of its items. */
export interface ActivationOwner {
  completed(activation: Activation, values: Values): void;
  failed(activation: Activation, failure: Failure): void;
  cancelled(activation: Activation): void;
}

/** What makes one activation of a step other than another. */
export interface Particulars {
  /** Position of a map's item, and what it has in common with the others. */
  readonly index?: number;
  readonly shared?: Values;
  /** Inputs that nobody else has. */
  readonly moved?: readonly string[] | undefined;
}

/** One time that a node runs, from its inputs to its end, all attempts included. */
export class Activation implements Span {
  readonly run: Run;
  readonly step: Step;
  readonly owner: ActivationOwner;
  /** Position of a map's item. */
  readonly index: number | undefined;
  readonly iteration: number;
  /** Inputs that nobody else has: their buffers may be moved. */
  readonly moved: readonly string[] | undefined;
  /** Attempts so far, the one under way included. */
  attempts = 0;
  /** The attempt under way, or 0: what another one still does is dropped. */
  current = 0;
  /** Whether it ended. */
  over = false;
  /** Clock at its first start, where times are kept. */
  startedAt = 0;
  readonly #raw: Values;
  readonly #shared: Values | undefined;
  #holdsSlot = false;
  #cancelled = false;
  #limit: AttemptLimit | undefined;
  #wait: unknown;
  /** What runs in its place. */
  #task: Task | undefined;
  #state: Values | undefined;

  /** `raw` are its inputs as they come; `own` is what it has beside them. */
  constructor(run: Run, step: Step, owner: ActivationOwner, iteration: number, raw: Values, own?: Particulars) {
    this.run = run;
    this.step = step;
    this.owner = owner;
    this.iteration = iteration;
    this.#raw = raw;
    this.index = own?.index;
    this.moved = own?.moved;
    this.#shared = own?.shared;
  }

  /** Makes the first attempt, or the next one; takes a slot. */
  begin(): void {
    const { run } = this;
    this.#holdsSlot = true;
    run.state.status[this.step.index] = Status.running;
    run.slots.take(this.step);
    if (run.book.timed && this.attempts === 0) this.startedAt = run.book.tick();
    this.#try();
  }

  /** Aborts it: at once where nothing runs, else when what runs has settled or is abandoned. */
  cancel(reason: PolyloomError): void {
    if (this.over) return;
    this.#cancelled = true;
    this.#limit?.controller.abort(reason);
    if (!this.#holdsSlot) this.abandon();
  }

  /** Ends it without waiting any longer; what still comes is dropped. */
  abandon(): void {
    if (this.over) return;
    this.#giveUp();
    this.#end();
    this.owner.cancelled(this);
  }

  /** State that lasts within the innermost cycle (C8). */
  state(): Values {
    const { run, step, index } = this;
    return (this.#state ??= run.nodeStates.borrow(step, index, this.#retry !== undefined));
  }

  get #retry(): RetryPolicy | undefined {
    return this.step.definition!.retry ?? this.run.settings.retry;
  }

  /** One attempt: its inputs are checked, its function is called, its outputs are checked. */
  #try(): void {
    const { run, step } = this;
    if (run.stopping) return this.abandon();
    this.current = ++this.attempts;
    // An item can be aborted without the rest of the run.
    if (this.#timeoutMs !== undefined || this.index !== undefined)
      this.#limit = new AttemptLimit(run, step, this.#timeoutMs, () => this.#giveUpLate());
    const values = this.#checked(step.map === undefined ? step.table : step.map.table, this.#raw, "input");
    if (values instanceof Promise) this.#later(values, (each) => this.#call(each));
    else if (values !== undefined) this.#call(values);
  }

  get #timeoutMs(): number | undefined {
    return this.step.definition!.timeoutMs ?? this.run.settings.nodeTimeoutMs;
  }

  #call(values: Values): void {
    const { run } = this;
    if (run.stopping) return this.abandon();
    const outcome = this.#runTask(this.#shared === undefined ? values : { ...this.#shared, ...values });
    if (!("status" in outcome)) this.#settleLater(outcome);
    else if (run.stopping) this.abandon();
    // A node that blocks the event loop is noticed when it returns (K2).
    else if (this.#limit?.isLate) this.#failLate();
    else this.#settled(outcome);
  }

  #runTask(input: Values): Outcome | PromiseLike<Outcome> {
    const { run, step } = this;
    const signal = this.#limit === undefined ? run.scopes.signalOf(step.scope) : this.#limit.controller.signal;
    const task = taskOf(this, input, new TaskContext(this, signal));
    this.#task = task;
    try {
      const outcome = run.settings.runTask(task, signal);
      return typeof outcome === "object" && outcome !== null ? outcome : NO_OUTCOME;
    } catch (error) {
      return { status: "failed", error };
    }
  }

  #settleLater(outcome: PromiseLike<Outcome>): void {
    const { run } = this;
    this.#later(
      outcome,
      (each) => this.#settled(each ?? NO_OUTCOME),
      (error) => this.#settled({ status: "failed", error }),
    );
    // The node, or an observer of it, stopped the run before it gave its promise.
    if (run.stopping) this.cancel(run.reason!);
  }

  #settled(outcome: Outcome): void {
    this.#task = undefined;
    if (outcome.where !== undefined) this.run.state.where.set(this.step.index, outcome.where);
    if (outcome.status === "failed") return this.#fail(outcomeFailure(outcome, this.#place()));
    const { output } = outcome;
    if (typeof output !== "object" || output === null || Array.isArray(output))
      return this.#fail(noObjectFailure(output, this.#place()));
    const values = this.#checked(this.step.definition!.outputs, output as Values, "output");
    if (values instanceof Promise) this.#later(values, (each) => this.#complete(each));
    else if (values !== undefined) this.#complete(values);
  }

  /** Only what the check throws is the node's failure, what follows is the engine's; nothing is given where it failed. */
  #checked(table: PortTable, raw: Values, side: "input" | "output"): Values | Promise<Values> | undefined {
    try {
      return this.run.values.check(table, raw, this.step, side);
    } catch (error) {
      this.#failWith(error);
      return undefined;
    }
  }

  #complete(values: Values): void {
    if (this.run.stopping) return this.abandon();
    if (this.#state !== undefined) this.run.nodeStates.keep(this.step, this.index, this.#state);
    this.#end();
    this.owner.completed(this, values);
  }

  #later<T>(
    promise: PromiseLike<T>,
    next: (value: T) => void,
    failed: (error: unknown) => void = (error) => this.#failWith(error),
  ): void {
    const { run, current } = this;
    const unlessStopped = (goOn: () => void): void => {
      if (this.#cancelled) this.abandon();
      // Where a place blocked, or this thread did, the result may be here before the timer.
      else if (this.#limit?.isOver || this.#limit?.isLate) this.#failLate();
      else goOn();
    };
    run.active.add(this);
    run.promises.follow(promise, {
      isOver: () => this.current !== current,
      next: (value) => unlessStopped(() => next(value)),
      failed: (error) => unlessStopped(() => failed(error)),
    });
  }

  #failWith(error: unknown): void {
    this.#fail(caughtFailure(error, this.#place()));
  }

  #failLate(): void {
    this.#fail(timeoutFailure(this.#timeoutMs!, this.#place()));
  }

  #fail(failure: Failure): void {
    if (this.#cancelled) return this.abandon();
    this.#leave();
    this.#state = undefined;
    const { run, attempts } = this;
    let delayMs: number | undefined;
    try {
      delayMs = run.stopping ? undefined : retryDelay(this.#retry, failure, attempts, run.settings.random);
    } catch (error) {
      return this.#giveIn(unansweredFailure(failure, error));
    }
    if (delayMs === undefined) this.#giveIn(failure);
    else this.#retryLater(failure.message, delayMs);
  }

  #giveIn(failure: Failure): void {
    this.#end();
    this.owner.failed(this, failure);
  }

  #retryLater(message: string, delayMs: number): void {
    const { run, step, iteration, attempts: attempt, index } = this;
    run.timing?.retried(step.index);
    this.#releaseSlot();
    run.active.add(this);
    this.#wait = run.clock.set(() => run.requeue(this), delayMs);
    const item = index === undefined ? {} : { index };
    // Last, since whoever hears of it may stop the run, and the wait with it.
    run.events?.emit({ type: "node.retrying", nodeId: step.id, iteration, attempt, delayMs, message, ...item });
  }

  /** The grace period after its time is over as well. */
  #giveUpLate(): void {
    this.#giveUp();
    this.#failLate();
    this.run.pump();
  }

  /** What still runs is not waited for any longer; a runtime that can ends it by force. */
  #giveUp(): void {
    if (this.#task !== undefined) this.run.settings.preempt(this.#task);
  }

  #place(): FailurePlace {
    const { step, iteration, attempts, index } = this;
    return {
      nodeId: step.id,
      iteration: iteration || undefined,
      attempt: attempts,
      details: index === undefined ? {} : { index },
    };
  }

  #end(): void {
    this.over = true;
    this.#leave();
    if (this.#wait !== undefined) this.run.clock.clear(this.#wait);
    if (this.run.active.size > 0) this.run.active.delete(this);
    this.#releaseSlot();
  }

  /** No attempt is under way any more. */
  #leave(): void {
    this.current = 0;
    this.#task = undefined;
    this.#limit?.close();
    this.#limit = undefined;
  }

  #releaseSlot(): void {
    if (!this.#holdsSlot) return;
    this.#holdsSlot = false;
    this.run.slots.release(this.step);
  }
}
