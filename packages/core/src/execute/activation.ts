import { PolyloomError } from "@polyloom/wire";
import type { PortTable } from "../define/schema.ts";
import type { Step } from "../plan/plan.ts";
import { taskOf, TaskContext } from "./context.ts";
import { noObjectFailure, outcomeFailure, timeoutFailure } from "./attempt-failure.ts";
import { caughtFailure, type Failure, type FailurePlace, thrownFailure } from "./failure.ts";
import type { Span } from "./node-book.ts";
import { retryDelay } from "./retry.ts";
import type { Run } from "./run.ts";
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

/** One time that a node runs, from its inputs to its end, all attempts included. */
export class Activation implements Span {
  readonly run: Run;
  readonly step: Step;
  readonly owner: ActivationOwner;
  /** Position of a map's item. */
  readonly index: number | undefined;
  readonly iteration: number;
  /** Attempts so far, the one that runs included. */
  attempts = 0;
  /** Whether it ended; what comes later is dropped. */
  over = false;
  where: string | undefined;
  /** Clock at its first start, where times are kept. */
  startedAt = 0;
  #input: Values | undefined;
  #holdsSlot = false;
  #cancelled = false;
  #timedOut = false;
  #controller: AbortController | undefined;
  #timer: unknown;
  /** The attempt that runs. */
  #task: Task | undefined;
  #state: Values | undefined;

  /** `index` is the position of a map's item. */
  constructor(run: Run, step: Step, owner: ActivationOwner, index?: number) {
    this.run = run;
    this.step = step;
    this.owner = owner;
    this.index = index;
    this.iteration = run.scopes.iterationOf(step.scope);
  }

  /** Checks the inputs and makes the first attempt; takes a slot. */
  begin(table: PortTable, raw: Values, shared?: Values): void {
    const { run, step } = this;
    this.#holdsSlot = true;
    run.take(step);
    if (run.book.timed) this.startedAt = run.book.tick();
    const values = this.#checked(table, raw, "input");
    if (values instanceof Promise) this.#later(values, (each) => this.#start(each, shared));
    else if (values !== undefined) this.#start(values, shared);
  }

  /** Makes the next attempt; takes a slot. */
  resume(): void {
    this.#holdsSlot = true;
    this.run.take(this.step);
    this.#try();
  }

  /** Aborts it: at once where nothing runs, else when what runs has settled or is abandoned. */
  cancel(reason: PolyloomError): void {
    if (this.over) return;
    this.#cancelled = true;
    this.#controller?.abort(reason);
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
    const policy = step.definition!.retry ?? run.settings.retry;
    return (this.#state ??= run.nodeStates.borrow(step, index, policy !== undefined));
  }

  #start(values: Values, shared: Values | undefined): void {
    this.#input = shared === undefined ? values : { ...shared, ...values };
    this.#try();
  }

  #try(): void {
    const { run, step } = this;
    if (run.stopping) return this.abandon();
    this.attempts++;
    const timeoutMs = step.definition!.timeoutMs ?? run.settings.nodeTimeoutMs;
    // An item can be aborted without the rest of the run.
    if (timeoutMs !== undefined || this.index !== undefined) this.#controller = new AbortController();
    const limit = timeoutMs === undefined ? undefined : this.#startTimer(timeoutMs);
    const outcome = this.#runTask();
    if (!("status" in outcome)) this.#wait(outcome, timeoutMs);
    else if (run.stopping) this.abandon();
    // A node that blocks the event loop is noticed when it returns (K2).
    else if (limit !== undefined && run.clock.now() >= limit) this.#fail(timeoutFailure(timeoutMs!, this.#place()));
    else this.#settled(outcome);
  }

  /** Gives the time on the clock at which the attempt is late. */
  #startTimer(timeoutMs: number): number {
    this.#timedOut = false;
    this.#timer = this.run.clock.set(() => this.#timeOut(timeoutMs), timeoutMs);
    return this.run.clock.now() + timeoutMs;
  }

  #wait(outcome: PromiseLike<Outcome>, timeoutMs: number | undefined): void {
    const { run } = this;
    const task = this.#task;
    run.active.add(this);
    run.promises.follow(outcome, {
      isOver: () => this.#task !== task,
      next: (each) => this.#settledLater(each ?? NO_OUTCOME, timeoutMs),
      failed: (error) => this.#settledLater({ status: "failed", error }, timeoutMs),
    });
    // The node, or an observer of it, stopped the run before it gave its promise.
    if (run.stopping) this.cancel(run.reason!);
  }

  #runTask(): Outcome | PromiseLike<Outcome> {
    const context = new TaskContext(this, this.#controller);
    const task = taskOf(this, this.#input!, context);
    this.#task = task;
    try {
      const outcome = this.run.settings.runTask(task, context.signal);
      return typeof outcome === "object" && outcome !== null ? outcome : NO_OUTCOME;
    } catch (error) {
      return { status: "failed", error };
    }
  }

  #settledLater(outcome: Outcome, timeoutMs: number | undefined): void {
    if (this.#cancelled) this.abandon();
    else if (this.#timedOut) this.#fail(timeoutFailure(timeoutMs!, this.#place()));
    else this.#settled(outcome);
  }

  #settled(outcome: Outcome): void {
    this.#task = undefined;
    this.#disarm();
    this.where = outcome.where;
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

  #later(values: PromiseLike<Values>, next: (values: Values) => void): void {
    this.run.active.add(this);
    this.run.promises.follow(values, {
      isOver: () => this.over,
      next: (each) => (this.#cancelled ? this.abandon() : next(each)),
      failed: (error) => this.#failWith(error),
    });
  }

  #failWith(error: unknown): void {
    this.#fail(caughtFailure(error, this.#place()));
  }

  #fail(failure: Failure): void {
    if (this.#cancelled) return this.abandon();
    this.#disarm();
    this.#task = undefined;
    this.#state = undefined;
    const { run, step, iteration } = this;
    const delayMs = this.#delay(failure);
    if (typeof delayMs !== "number") {
      this.#end();
      return this.owner.failed(this, delayMs ?? failure);
    }
    run.timing?.retried(step.index);
    this.#releaseSlot();
    run.active.add(this);
    this.#timer = run.clock.set(() => run.requeue(this), delayMs);
    // Last, since whoever hears of it may stop the run, and the wait with it.
    run.events?.emit({
      type: "node.retrying",
      nodeId: step.id,
      iteration,
      attempt: this.attempts,
      delayMs,
      message: failure.message,
      ...(this.index === undefined ? {} : { index: this.index }),
    });
  }

  /** Milliseconds until the next attempt; nothing, or what `retryOn` threw, when there is none. */
  #delay(failure: Failure): number | Failure | undefined {
    const { run, step, attempts } = this;
    if (run.stopping) return undefined;
    try {
      return retryDelay(step.definition!.retry ?? run.settings.retry, failure, attempts, run.settings.random);
    } catch (error) {
      return thrownFailure(error, undefined, this.#place());
    }
  }

  #timeOut(timeoutMs: number): void {
    const { run } = this;
    const task = this.#task;
    this.#timedOut = true;
    this.#controller!.abort(
      new PolyloomError("node_timeout", `node "${this.step.id}" ran longer than ${timeoutMs} ms`),
    );
    this.#timer = run.clock.set(() => {
      if (this.#task !== task) return;
      this.#giveUp();
      this.#fail(timeoutFailure(timeoutMs, this.#place()));
      run.pump();
    }, run.settings.graceMs);
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
      attempt: attempts || 1,
      details: index === undefined ? {} : { index },
    };
  }

  #disarm(): void {
    if (this.#timer === undefined) return;
    this.run.clock.clear(this.#timer);
    this.#timer = undefined;
  }

  #end(): void {
    this.over = true;
    this.#task = undefined;
    this.#disarm();
    if (this.run.active.size > 0) this.run.active.delete(this);
    this.#releaseSlot();
  }

  #releaseSlot(): void {
    if (!this.#holdsSlot) return;
    this.#holdsSlot = false;
    this.run.slots.release(this.step);
  }
}
