import { serializeError } from "@polyloom/wire";
import type { Failure } from "../execute/failure.ts";
import type { Run } from "../execute/run.ts";
import type { RunLedger, Times } from "../execute/run-ledger.ts";
import type { Step } from "../plan/plan.ts";
import type { Control } from "./control.ts";
import { takeCheckpoint } from "./cycle-checkpoint.ts";
import { cycleEnd } from "./cycle-end.ts";
import type { BatchLine } from "./batch-line.ts";
import type { PlanPart } from "./order.ts";
import { Parting } from "./parting.ts";
import type { FailureReport, Report } from "./report.ts";
import { packReports, type ReportPortion } from "./report-portion.ts";
import { Rhythm } from "./rhythm.ts";

/** Whoever waits for a result waits no longer than this, in milliseconds. */
const LONGEST_DELAY_MS = 2;
/** A node that takes longer than this, in milliseconds, is not begun before what went before is told. */
const QUICK_MS = 0.5;

/** Nodes that were quick so far. */
const QUICK = new WeakSet<object>();

/** How a ledger is heard. */
export interface Voice {
  readonly control: Control;
  readonly tell: BatchLine["tell"];
}

/** Writes down what happens in a batch, and tells it in portions: a message costs as much as many small nodes. */
export class Ledger implements RunLedger {
  readonly #tell: BatchLine["tell"];
  readonly #parting: Parting;
  readonly #urgent: Uint8Array;
  readonly #origin: number;
  readonly #settled: Set<number> = new Set();
  readonly #control: Control;
  #rhythm: Rhythm;
  #run: Run | undefined;
  #reports: Report[] = [];
  #buffers: ArrayBuffer[] = [];
  #told: number;
  #began: number;
  #scheduled = false;

  /** Tells what it writes down, and which buffers in it may be moved. */
  constructor(part: PlanPart, cycleBatchSize: number | undefined, { control, tell }: Voice) {
    this.#urgent = Uint8Array.from(part.steps, ({ urgent }) => Number(urgent ?? false));
    this.#parting = new Parting(part);
    this.#rhythm = new Rhythm(cycleBatchSize);
    this.#control = control;
    this.#tell = tell;
    this.#origin = this.#told = this.#began = performance.now();
  }

  /** The run that is written down. */
  follow(run: Run): void {
    this.#run = run;
  }

  /** Milliseconds since the batch began. */
  get elapsedMs(): number {
    return performance.now() - this.#origin;
  }

  /** A unit is about to run: what was not told yet is told first, unless the wait is sure to be short. */
  before(definition: object | undefined): void {
    this.#began = performance.now();
    if (this.#reports.length === 0) return;
    if (this.#began - this.#told > LONGEST_DELAY_MS || (definition && !QUICK.has(definition))) this.flush();
  }

  completed(step: Step, values: Readonly<Record<string, unknown>>, times: Times): void {
    if (step.scope >= 0) return;
    const told = step.definition!.transfer === undefined ? values : this.#parting.of(step, values, this.#buffers);
    this.add(["completed", step.index, told, this.#since(times)]);
    this.#learn(step.definition!);
    if (this.#urgent[step.index] === 1) this.flush();
  }

  failed(step: Step, failure: Failure, iteration: number, times: Times): void {
    this.add(["failed", step.index, crossing(failure), iteration, this.#since(times)]);
  }

  skipped(step: Step): void {
    if (step.scope < 0) this.add(["skipped", step.index]);
  }

  cancelled(step: Step, iteration: number, times: Times): void {
    if (step.scope < 0) this.add(["cancelled", step.index, iteration, this.#since(times)]);
  }

  cycleFailed(cycle: number, failure: Failure): void {
    this.add(["failure", cycle, crossing(failure)]);
  }

  /** The host may want the place for something else: then the cycle goes on elsewhere. */
  cycleIterated(cycle: number): boolean {
    const run = this.#run!;
    if (run.plan.cycles[cycle]!.parent >= 0) return true;
    this.#control.iterations = run.cycles[cycle]!.progress.iterations;
    const isOver = this.#control.yields;
    if (!this.#rhythm.isDue(isOver)) return true;
    const checkpoint = takeCheckpoint(run, cycle, this.#origin);
    if (checkpoint === undefined) {
      this.#rhythm = new Rhythm(Infinity);
      return true;
    }
    this.add(["checkpoint", cycle, checkpoint, this.elapsedMs, isOver]);
    this.flush();
    this.#control.rest(run.cycles[cycle]!.progress.iterations);
    return !isOver;
  }

  cycleSettled(cycle: number): void {
    this.#settled.add(cycle);
    this.add(["cycle", cycle, cycleEnd(this.#run!, cycle, true, this.#origin)]);
    this.flush();
  }

  /** The run is over: tells of cycles that it stopped; gives what was not told, to go with the end in one message. */
  close(): ReportPortion | undefined {
    for (const { index, parent } of this.#run!.plan.cycles)
      if (parent < 0 && !this.#settled.has(index) && this.#run!.cycles[index]!.progress.report !== undefined)
        this.add(["cycle", index, cycleEnd(this.#run!, index, false, this.#origin)]);
    // Buffers that move need a message of their own.
    if (this.#buffers.length > 0) this.flush();
    const rest = this.#reports;
    this.#reports = [];
    return rest.length === 0 ? undefined : packReports(rest);
  }

  /** Notes a report; it is told with the next portion. */
  add(report: Report): void {
    this.#reports.push(report);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // While nodes wait nothing else would tell of them.
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#reports.length === 0) return;
    const reports = this.#reports;
    const buffers = this.#buffers;
    this.#reports = [];
    this.#buffers = [];
    this.#told = performance.now();
    this.#tell(packReports(reports), buffers);
  }

  #learn(definition: object): void {
    if (performance.now() - this.#began < QUICK_MS) QUICK.add(definition);
    else QUICK.delete(definition);
  }

  #since([startedAt, durationMs]: Times): Times {
    return [startedAt === 0 ? 0 : startedAt - this.#origin, durationMs];
  }
}

function crossing(failure: Failure): FailureReport {
  return { ...failure, cause: serializeError(failure.cause) };
}
