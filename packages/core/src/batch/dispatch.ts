import { writeLine } from "../observe/log-lines.ts";
import type { Run } from "../execute/run.ts";
import type { Batch, BatchPlace } from "./batch.ts";
import { Control } from "./control.ts";
import type { BatchOrder } from "./order.ts";
import type { BatchEnd, Report } from "./report.ts";
import { type ReportPortion, unpackReports } from "./report-portion.ts";

/** Whoever sent a batch, and is told of it. */
export interface Sender {
  apply(report: Exclude<Report, readonly ["late"] | readonly ["log", string]>): void;
  ended(end: BatchEnd): void;
}

/** One batch on its way: sent, listened to, stopped, given up. */
export class Dispatch implements Batch {
  order: BatchOrder;
  readonly control: Int32Array;
  readonly words: Control;
  readonly transfer: readonly ArrayBuffer[];
  /** When it was sent, on the run's clock. */
  readonly sentAt: number;
  /** Where it runs, for people. */
  where: string | undefined;
  /** Whether nobody wants to hear of it any more. */
  over = false;
  readonly #run: Run;
  readonly #place: BatchPlace;
  readonly #sender: Sender;
  readonly #controller: AbortController = new AbortController();

  /** `transfer` are buffers among the values of the order that nobody here reads any more. */
  constructor(run: Run, place: BatchPlace, sender: Sender, order: BatchOrder, transfer: readonly ArrayBuffer[] = []) {
    this.#run = run;
    this.#place = place;
    this.#sender = sender;
    this.order = order;
    this.control = Control.allocate(order.strands);
    this.words = new Control(this.control);
    this.transfer = transfer;
    this.sentAt = run.clock.now();
  }

  /** `begun` is the node that was said to have started with it. */
  send(begun: string | undefined = this.order.begun): void {
    this.order = { ...this.order, begun };
    this.#run.promises.follow(this.#performed(), {
      isOver: () => this.over,
      next: (end) => this.#ended(end),
      failed: (error) => this.#sender.ended({ status: "failed", error }),
    });
  }

  deliver(portion: ReportPortion, where?: string): void {
    this.where = where;
    this.#run.guard(() => {
      for (const report of unpackReports(portion)) this.#take(report);
    });
    this.#run.pump();
  }

  /** Nothing more of it starts; nodes that wait are told. */
  cancel(): void {
    this.words.stop();
    this.#controller.abort(this.#run.reason);
  }

  /** Ends it by force, where its place can. */
  preempt(): void {
    this.#place.preempt(this);
  }

  #ended(end: BatchEnd): void {
    if (end.status === "ended" && end.rest !== undefined) this.deliver(end.rest, end.where);
    this.#sender.ended(end);
  }

  #performed(): PromiseLike<BatchEnd> {
    try {
      return this.#place.perform(this, this.#controller.signal);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #take(report: Report): void {
    if (report[0] === "late") return this.#run.dropLate();
    if (this.over) return report[0] === "completed" ? this.#run.dropLate() : undefined;
    if (report[0] === "log") return this.#log(report[1]);
    this.#sender.apply(report);
  }

  /** A logger that throws never fails a run (E7). */
  #log(line: string): void {
    try {
      writeLine(this.#run.settings.logger(), line);
    } catch {
      // there is nowhere left to say so
    }
  }
}
