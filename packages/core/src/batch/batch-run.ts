import { deserializeError } from "@polyloom/wire";
import { outcomeFailure } from "../execute/attempt-failure.ts";
import type { Failure } from "../execute/failure.ts";
import type { Span } from "../execute/node-book.ts";
import type { Run } from "../execute/run.ts";
import type { Times } from "../execute/run-ledger.ts";
import type { Step } from "../plan/plan.ts";
import type { Batches, OpenBatch } from "./batches.ts";
import { Dispatch, type Sender } from "./dispatch.ts";
import { orderSettings } from "./order-settings.ts";
import { iterationsOf } from "./courses.ts";
import type { CycleCheckpoint } from "./cycle-checkpoint.ts";
import { type CutPart, movedInto } from "./plan-part.ts";
import type { BatchEnd, CycleEnd, FailureReport } from "./report.ts";
import { adoptCycle, bringBack } from "./adopt-cycle.ts";
import { StartedNodes } from "./started-nodes.ts";

/** Strands of a run in one batch: what their place tells becomes what the run knows. */
export class BatchRun implements Sender, OpenBatch {
  readonly #run: Run;
  readonly #batches: Batches;
  readonly #strands: readonly (readonly number[])[];
  readonly #part: CutPart;
  readonly #dispatch: Dispatch;
  /** Units whose end was told. */
  readonly #told: Set<number> = new Set();
  readonly #started: StartedNodes;
  /** Where its cycle goes on, and how far it is since. */
  readonly #resume: CycleCheckpoint | undefined;
  #reached: CycleCheckpoint | undefined;

  /** `strands` are the plan's units, `part` is what is sent of them; `resume`: where its cycle goes on, if not afresh. */
  constructor(
    run: Run,
    batches: Batches,
    strands: readonly (readonly number[])[],
    part: CutPart,
    resume: CycleCheckpoint | undefined,
  ) {
    this.#run = run;
    this.#started = new StartedNodes(run);
    this.#batches = batches;
    this.#strands = strands;
    this.#part = part;
    this.#resume = resume;
    const { text, references, values } = part;
    const sent = { references, part: text, values, strands: strands.length, resume };
    const order = { ...orderSettings(run), ...sent, begun: undefined };
    this.#dispatch = new Dispatch(run, batches.place, this, order, movedInto(part));
  }

  get left(): number {
    return this.#dispatch.words.left(this.#strands.length);
  }

  start(): void {
    const [root] = this.#part.steps;
    this.#run.slots.take(this.#run.plan.steps[root!]!);
    const begun = this.#started.begin(this.#run.plan.steps[this.#strands[0]![0]!]);
    // Whoever heard of it may have stopped the run.
    if (this.#run.stopping) return this.#finish();
    for (const cycle of this.#resume === undefined ? this.#part.cycles : [])
      if (this.#run.plan.cycles[cycle]!.parent < 0) this.#run.cycles[cycle]!.depart();
    this.#dispatch.send(begun);
  }

  /** Half of what its place has not begun is started anew; says whether there was something. */
  takeBack(): boolean {
    const taken = this.#taken(Math.ceil(this.left / 2), 1);
    this.#batches.restart(taken);
    return taken.length > 0;
  }

  cancel(): void {
    this.#dispatch.cancel();
  }

  /** Ends it without waiting any longer. */
  abandon(): void {
    if (this.#dispatch.over) return;
    this.#dispatch.preempt();
    // What a body did last was not told while its thread was held up.
    for (const [step] of this.#unfinished())
      if (step.scope >= 0) this.#started.tell(step, this.#dispatch.words.iterations + 1);
    this.#finish();
  }

  ended(end: BatchEnd): void {
    if (end.status === "ended") this.#learn(end);
    // Sent alone each of them is told what is wrong with it, or runs.
    else if (!this.#dispatch.words.hasBegun(this.#strands.length)) this.#refused();
    else this.#lost(end);
    this.#finish();
  }

  apply(report: Parameters<Sender["apply"]>[0]): void {
    switch (report[0]) {
      case "completed":
        return this.#completed(this.#step(report[1]), report[2], this.#span(report[3]));
      case "failed":
        return this.#failedThere(this.#step(report[1]), revived(report[2]), this.#span(report[4], report[3]));
      case "skipped":
        return this.#settled(this.#step(report[1]), (step) => this.#run.skip(step));
      case "cancelled":
        return this.#settled(this.#step(report[1]), (step) => this.#run.nodeCancelled(step, this.#span(report[3])));
      case "failure":
        return this.#run.fail(revived(report[2]), this.#part.cycles[report[1]]!);
      case "cycle":
        return this.#cycleEnded(this.#part.cycles[report[1]]!, report[2]);
      case "checkpoint":
        return this.#cycleReached(this.#part.cycles[report[1]]!, report[2], report[3], report[4]);
      case "event":
        return this.#started.happened(report[1]);
      case "issue":
        return this.#run.values.issues.report({ ...report[2], step: this.#step(report[1]) });
    }
  }

  #completed(step: Step, values: Readonly<Record<string, unknown>>, span: Span): void {
    this.#settled(step, () => {
      // As with any result that comes after the end was decided.
      if (this.#run.stopping) this.#run.nodeCancelled(step, span);
      else this.#run.nodeCompleted(step, values as Record<string, unknown>, span);
    });
  }

  /** The times of a cycle's body come as sums. */
  #failedThere(step: Step, failure: Failure, span: Span): void {
    this.#failed(step, failure, step.scope < 0 ? span : { ...span, summed: true });
  }

  #failed(step: Step, failure: Failure, span: Span): void {
    this.#settled(step, () => {
      if (this.#run.stopping) this.#run.nodeCancelled(step, span);
      else if (step.scope < 0) this.#run.nodeFailed(step, failure, span);
      else this.#bodyFailed(step, failure, span);
    });
  }

  #bodyFailed(step: Step, failure: Failure, span: Span): void {
    this.#run.book.failed(step, failure, span);
    this.#run.fail(failure, step.scope);
  }

  #cycleEnded(cycle: number, end: CycleEnd): void {
    const { steps } = this.#run.plan;
    this.#reached = undefined;
    adoptCycle(this.#run, cycle, end, this.#part, this.#dispatch.sentAt);
    for (const within of this.#part.cycles) this.#run.cycles[within]!.arrive();
    if (!end.settled || this.#run.stopping) return;
    this.#told.add(steps.length + cycle);
    this.#batches.courses.end(steps.length + cycle);
    this.#batches.settled(steps.length + cycle);
    this.#run.settle(steps.length + cycle, -1);
  }

  #cycleReached(cycle: number, checkpoint: CycleCheckpoint, tookMs: number, isOver: boolean): void {
    const unit = this.#run.plan.steps.length + cycle;
    this.#reached = checkpoint;
    this.#batches.courses.reached(unit, checkpoint, tookMs);
    if (isOver) this.#pause(cycle, checkpoint);
    else if (this.#batches.wants(unit)) this.#dispatch.words.yield();
  }

  /** Its cycle waits for a place. */
  #pause(cycle: number, checkpoint: CycleCheckpoint): void {
    const unit = this.#run.plan.steps.length + cycle;
    adoptCycle(this.#run, cycle, checkpoint, this.#part, this.#dispatch.sentAt);
    this.#told.add(unit);
    if (!this.#batches.courses.isBetterApart(unit, this.#batches.place.workers))
      return this.#batches.courses.pause(unit);
    bringBack(this.#run, cycle, checkpoint, this.#part);
    this.#batches.takeApart(unit);
  }

  #settled(step: Step, settle: (step: Step) => void): void {
    this.#told.add(step.index);
    const wasStarted = this.#started.end(step);
    this.#batches.settled(step.index);
    if (this.#run.stopping && !wasStarted) return this.#run.dropLate();
    if (this.#dispatch.where !== undefined) this.#run.state.where.set(step.index, this.#dispatch.where);
    settle(step);
  }

  #step(local: number): Step {
    return this.#run.plan.steps[this.#part.steps[local]!]!;
  }

  #span([startedMs, durationMs]: Times, iteration = 0): Span {
    return { startedAt: this.#dispatch.sentAt + startedMs, iteration, attempts: 1, durationMs };
  }

  #learn({ elapsedMs, checks, waited }: Extract<BatchEnd, { status: "ended" }>): void {
    const begun = this.#strands.length - this.left;
    this.#batches.learn(
      begun,
      elapsedMs,
      waited.map((local) => this.#part.steps[local]!),
    );
    this.#run.values.issues.counted(checks);
    // Whatever was begun and not told of is the engine's own fault, and must not go unnoticed.
    this.#lost({ status: "failed", error: new Error("the place gave no account of it"), code: "internal" });
  }

  #refused(): void {
    this.#batches.refused(this.#strands);
    // What was said to have started starts in another way.
    for (const { index } of this.#started.steps()) this.#run.launcher.startsAgain(index);
  }

  /** What ran there is lost; what had not begun is not. */
  #lost(end: Extract<BatchEnd, { status: "failed" }>): void {
    if (this.#run.stopping) return;
    // It ended between two iterations: none of them is lost.
    const reached = this.#unfinished().next().done === true ? undefined : this.#reached;
    if (reached !== undefined && this.#dispatch.words.rests(iterationsOf(reached)))
      this.#pause(this.#part.cycles[0]!, reached);
    else if (reached !== undefined)
      adoptCycle(this.#run, this.#part.cycles[0]!, reached, this.#part, this.#dispatch.sentAt);
    for (const [step, strand] of this.#unfinished()) {
      const place = { nodeId: step.id, iteration: this.#iterationOf(step), attempt: 1, details: {} };
      const failure = outcomeFailure(end, place);
      for (const unit of strand) this.#batches.settled(unit);
      this.#started.tell(step, place.iteration ?? 0);
      this.#failed(step, failure, this.#span([0, 0]));
      const [root] = strand;
      if (root! >= this.#run.plan.steps.length) this.#run.cycles[root! - this.#run.plan.steps.length]!.lost();
    }
  }

  /** What has no end when the run stops ends now; without listeners nobody was told what has begun. */
  #cancelRunning(): void {
    if (this.#reached !== undefined)
      adoptCycle(this.#run, this.#part.cycles[0]!, this.#reached, this.#part, this.#dispatch.sentAt);
    for (const step of this.#started.steps()) this.#cancelled(step);
    if (this.#run.events === undefined) for (const [step] of this.#unfinished()) this.#cancelled(step);
  }

  #cancelled(step: Step): void {
    const span = this.#span([0, 0], this.#iterationOf(step) ?? 0);
    if (step.scope < 0) this.#settled(step, () => this.#run.nodeCancelled(step, span));
    else this.#run.book.cancelled(step, span);
  }

  #iterationOf(step: Step): number | undefined {
    if (step.scope < 0) return undefined;
    return step.scope === this.#part.cycles[0] ? this.#dispatch.words.iterations + 1 : 1;
  }

  /** Strands that were begun and whose end was not told, each with the step that ran, or was about to. */
  *#unfinished(): Generator<readonly [Step, readonly number[]]> {
    const { steps, cycles } = this.#run.plan;
    const running = this.#part.steps[this.#dispatch.words.running];
    for (const [at, strand] of this.#strands.entries()) {
      const [untold] = strand.filter((unit) => !this.#told.has(unit));
      if (untold === undefined || !this.#dispatch.words.isBegun(at)) continue;
      const candidates = untold < steps.length ? [untold] : cycles[untold - steps.length]!.steps;
      const step = running !== undefined && candidates.includes(running) ? running : candidates[0]!;
      yield [steps[step]!, strand];
    }
  }

  #taken(most: number, from: number): (readonly number[])[] {
    const taken = this.#dispatch.words.takeBackLast(this.#strands.length, most, from);
    return taken.map((strand) => this.#strands[strand]!);
  }

  #finish(): void {
    if (this.#dispatch.over) return;
    this.#dispatch.over = true;
    if (this.#run.stopping) this.#cancelRunning();
    const unbegun = this.#taken(this.#strands.length, 0);
    this.#run.slots.release(this.#run.plan.steps[this.#part.steps[0]!]!);
    this.#batches.ended(this);
    if (!this.#run.stopping) this.#batches.restart(unbegun);
    this.#run.finishIfDone();
    this.#run.checkStopped();
  }
}

function revived({ cause, ...failure }: FailureReport): Failure {
  return { ...failure, cause: deserializeError(cause) };
}
