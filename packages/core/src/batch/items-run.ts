import { deserializeError } from "@polyloom/wire";
import { outcomeFailure } from "../execute/attempt-failure.ts";
import type { Failure } from "../execute/failure.ts";
import type { Run } from "../execute/run.ts";
import type { Step } from "../plan/plan.ts";
import type { Batches, OpenBatch } from "./batches.ts";
import { Dispatch, type Sender } from "./dispatch.ts";
import { type Items, itemsOrder } from "./items-order.ts";
import type { BatchEnd } from "./report.ts";

/** The map whose items are sent. */
export interface ItemsOwner {
  /** Outputs of items, each port as a list in the order of their numbers. */
  itemsCompleted(
    sent: ItemsRun,
    indices: readonly number[],
    outputs: Readonly<Record<string, ArrayLike<unknown>>>,
  ): void;
  /** Without a failure they were cancelled. */
  itemsFailed(sent: ItemsRun, failure: Failure | undefined): void;
  /** No place takes them in a batch. */
  itemsRefused(sent: ItemsRun, indices: number[]): void;
  /** No place began them: they may be sent again. */
  itemsReturned(indices: number[]): void;
}

/** Items of a map in one batch. */
export class ItemsRun implements Sender, OpenBatch {
  readonly #run: Run;
  readonly #batches: Batches;
  readonly #step: Step;
  readonly #items: Items;
  readonly #owner: ItemsOwner;
  readonly #dispatch: Dispatch;
  /** Places in the batch that were taken back. */
  readonly #returned: Set<number> = new Set();
  #outputs: Readonly<Record<string, ArrayLike<unknown>>> | undefined;
  #failure: Failure | undefined;
  #isRefused = false;

  /** Takes a slot when it {@link start starts}. */
  constructor(run: Run, batches: Batches, step: Step, items: Items, owner: ItemsOwner) {
    this.#run = run;
    this.#batches = batches;
    this.#step = step;
    this.#items = items;
    this.#owner = owner;
    this.#dispatch = new Dispatch(run, batches.place, this, itemsOrder(run, step, items));
  }

  get left(): number {
    if (!this.#items.divisible) return 0;
    return this.#dispatch.words.left(this.#items.indices.length);
  }

  start(): void {
    this.#run.slots.take(this.#step);
    this.#batches.opened(this);
    this.#dispatch.send();
  }

  takeBack(): boolean {
    const taken = this.#dispatch.words.takeBackLast(this.#items.indices.length, Math.ceil(this.left / 2));
    for (const at of taken) this.#returned.add(at);
    if (taken.length > 0) this.#owner.itemsReturned(taken.map((at) => this.#items.indices[at]!).toReversed());
    return taken.length > 0;
  }

  cancel(): void {
    this.#dispatch.cancel();
  }

  abandon(): void {
    if (this.#dispatch.over) return;
    this.#dispatch.preempt();
    this.#finish();
  }

  apply(report: Parameters<Sender["apply"]>[0]): void {
    switch (report[0]) {
      case "completed":
        this.#outputs = report[2] as Readonly<Record<string, ArrayLike<unknown>>>;
        return;
      case "failed":
        this.#failure = { ...report[2], cause: deserializeError(report[2].cause) };
        return;
      case "event":
        // How far the map is, and that it began, is known here.
        if ("index" in report[1]) this.#run.events?.emit(report[1]);
        return;
      case "issue":
        return this.#run.values.issues.report({ ...report[2], step: this.#step });
      case "skipped":
      case "cancelled":
      case "failure":
      case "cycle":
      case "checkpoint":
      // what becomes of the map itself is decided here
    }
  }

  ended(end: BatchEnd): void {
    if (end.status === "ended") this.#run.values.issues.counted(end.checks);
    else if (!this.#dispatch.words.hasBegun(this.#items.indices.length)) this.#isRefused = !this.#run.stopping;
    else this.#failure ??= this.#lost(end);
    this.#finish();
  }

  #lost(end: Extract<BatchEnd, { status: "failed" }>): Failure {
    const index = this.#items.indices[Math.max(this.#dispatch.words.running, 0)]!;
    return outcomeFailure(end, { nodeId: this.#step.id, attempt: 1, details: { index } });
  }

  #finish(): void {
    if (this.#dispatch.over) return;
    this.#dispatch.over = true;
    this.#run.slots.release(this.#step);
    this.#batches.ended(this);
    if (this.#isRefused) this.#owner.itemsRefused(this, this.#unreturned());
    else if (this.#failure !== undefined || this.#outputs === undefined) this.#owner.itemsFailed(this, this.#failure);
    else this.#complete(this.#outputs);
  }

  #unreturned(): number[] {
    return this.#items.indices.filter((_, at) => !this.#returned.has(at));
  }

  #complete(outputs: Readonly<Record<string, ArrayLike<unknown>>>): void {
    const { indices } = this.#items;
    if (this.#returned.size === 0) return this.#owner.itemsCompleted(this, indices, outputs);
    const isHere = (_: unknown, at: number): boolean => !this.#returned.has(at);
    const done = Object.entries(outputs).map(([port, list]) => [port, Array.from(list).filter(isHere)] as const);
    this.#owner.itemsCompleted(this, indices.filter(isHere), Object.fromEntries(done));
  }
}
