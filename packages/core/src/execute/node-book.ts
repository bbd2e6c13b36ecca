import type { Plan, Step } from "../plan/plan.ts";
import type { Failure } from "./failure.ts";
import type { RunSettings } from "./run-settings.ts";
import { initialState, type RunState, Status } from "./run-state.ts";

/** When and how often a node ran. */
export interface Span {
  /** Clock at its first start, where times are kept. */
  readonly startedAt: number;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  readonly attempts: number;
  /** Milliseconds, where they were taken elsewhere. */
  readonly durationMs?: number;
  /** Whether it is among times that come from elsewhere as sums. */
  readonly summed?: boolean;
}

/** The books of a run: what became of each node, as state, as events and as times. */
export class NodeBook {
  readonly state: RunState;
  /** Whether anybody wants times. */
  readonly timed: boolean;
  readonly #settings: RunSettings;
  /** When the run began, on its clock. */
  readonly startedAt: number;
  #lastTick = 0;

  /** Starts empty, at the run's start. */
  constructor(plan: Plan, settings: RunSettings) {
    this.#settings = settings;
    this.timed = settings.timing !== undefined || settings.events !== undefined;
    this.startedAt = settings.clock.now();
    this.state = initialState(plan, this.timed);
  }

  /** When a node started or ended last; where no times are kept, now. */
  get lastTick(): number {
    return this.timed ? this.#lastTick : this.#settings.clock.now();
  }

  /** Reads the clock once for all who want to know. */
  tick(): number {
    return (this.#lastTick = this.#settings.clock.now());
  }

  /** A unit waits for a slot from now on; the last look at the clock is near enough. */
  ready(unit: number): void {
    this.#settings.timing?.ready(unit, this.#lastTick);
  }

  started({ id }: Step, iteration: number): void {
    this.#settings.events?.emit({ type: "node.started", nodeId: id, iteration });
  }

  completed(step: Step, values: Record<string, unknown>, span: Span): void {
    const { startedAt, iteration, attempts } = span;
    this.state.outputs[step.index] = values;
    this.state.status[step.index] = Status.completed;
    const durationMs = this.#ended(step.index, span);
    this.#settings.events?.emit({ type: "node.completed", nodeId: step.id, iteration, attempts, durationMs });
    this.#settings.ledger?.completed(step, values, [startedAt, durationMs]);
  }

  failed(step: Step, failure: Failure, span: Span): void {
    const { startedAt, iteration, attempts } = span;
    const { code, message } = failure;
    this.#die(step, Status.failed);
    const durationMs = this.#ended(step.index, span);
    this.#settings.events?.emit({
      type: "node.failed",
      nodeId: step.id,
      iteration,
      attempts,
      durationMs,
      code,
      message,
    });
    this.#settings.ledger?.failed(step, failure, iteration, [startedAt, durationMs]);
  }

  cancelled(step: Step, span: Span): void {
    const { startedAt, iteration } = span;
    this.#die(step, Status.cancelled);
    const durationMs = this.#ended(step.index, span);
    this.#settings.events?.emit({ type: "node.cancelled", nodeId: step.id, iteration, durationMs });
    this.#settings.ledger?.cancelled(step, iteration, [startedAt, durationMs]);
  }

  skipped(step: Step, iteration: number): void {
    this.#die(step, Status.skipped);
    if (this.state.attempts.size > 0) this.state.attempts.delete(step.index);
    if (step.kind !== "relay") this.#settings.events?.emit({ type: "node.skipped", nodeId: step.id, iteration });
    this.#settings.ledger?.skipped(step);
  }

  /** Notes the port that a relay passes on. */
  relayed(step: Step, values: Record<string, unknown> | undefined): void {
    this.state.outputs[step.index] = values;
    this.state.status[step.index] = values === undefined ? Status.skipped : Status.completed;
  }

  /** Notes the times of a step that ran elsewhere. */
  tookElsewhere(index: number, startedAt: number, durationMs: number): void {
    if (!this.timed) return;
    this.state.startedAt![index] = startedAt - this.startedAt;
    this.state.durationMs![index] = durationMs;
  }

  #die({ index }: Step, status: number): void {
    this.state.outputs[index] = undefined;
    this.state.status[index] = status;
  }

  #ended(index: number, { startedAt, attempts, durationMs: taken, summed }: Span): number {
    if (attempts > 1) this.state.attempts.set(index, attempts);
    else if (this.state.attempts.size > 0) this.state.attempts.delete(index);
    if (!this.timed) return 0;
    const durationMs = taken ?? this.tick() - startedAt;
    this.state.startedAt![index] = startedAt - this.startedAt;
    this.state.durationMs![index] = durationMs;
    if (summed !== true) this.#settings.timing?.ran(index, startedAt, durationMs);
    return durationMs;
  }
}
