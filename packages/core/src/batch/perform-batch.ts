import { PolyloomError } from "@polyloom/wire";
import type { Logger } from "pino";
import { systemClock } from "../execute/clock.ts";
import type { Outputs } from "../execute/inputs.ts";
import { Run } from "../execute/run.ts";
import type { RunSettings } from "../execute/run-settings.ts";
import { Status } from "../execute/run-state.ts";
import { invoke } from "../execute/task.ts";
import { ValueChecker } from "../execute/values.ts";
import { Emitter } from "../observe/emitter.ts";
import type { RunEvent } from "../observe/event.ts";
import { linesTo } from "../observe/log-lines.ts";
import { NodeTiming } from "../observe/node-timing.ts";
import type { Plan } from "../plan/plan.ts";
import type { BatchLine } from "./batch-line.ts";
import { beforeExit } from "./before-exit.ts";
import { Control } from "./control.ts";
import { iterationsOf } from "./courses.ts";
import { putCheckpoint } from "./cycle-checkpoint.ts";
import { isolated } from "./isolated.ts";
import { Ledger } from "./ledger.ts";
import type { BatchOrder, PlanPart } from "./order.ts";
import { PartPlan } from "./part-plan.ts";
import { PlaceIssues } from "./place-issues.ts";
import type { BatchEnd } from "./report.ts";

/** Runs a batch where it arrived, with core's own loop; `found` are its references. Gives its end when all was told. */
export function performBatch(order: BatchOrder, found: readonly unknown[], line: BatchLine): Promise<BatchEnd> {
  return new Performance(order, JSON.parse(order.part) as PlanPart, found, line).run();
}

class Performance {
  readonly #order: BatchOrder;
  readonly #part: PlanPart;
  readonly #given: Outputs;
  readonly #plan: Plan;
  readonly #control: Control;
  readonly #signal: AbortSignal;
  readonly #ledger: Ledger;
  readonly #issues: PlaceIssues;
  readonly #strandOf: Int32Array;
  readonly #waited: Set<number> = new Set();
  readonly #run: Run;

  constructor(order: BatchOrder, part: PlanPart, found: readonly unknown[], { control, signal, tell }: BatchLine) {
    const read = new PartPlan(order.workflow, part, order.values, found);
    this.#order = order;
    this.#part = part;
    this.#plan = read.plan;
    this.#given = read.given();
    this.#control = new Control(control);
    this.#signal = signal;
    this.#ledger = new Ledger(part, order.settings.cycleBatchSize, { control: this.#control, tell });
    this.#issues = new PlaceIssues(read.plan, this.#ledger);
    this.#strandOf = new Int32Array(read.plan.waits.length).fill(-1);
    part.strands.forEach(([root], strand) => (this.#strandOf[root!] = strand));
    this.#run = new Run(read.plan, this.#settings());
    this.#ledger.follow(this.#run);
  }

  async run(): Promise<BatchEnd> {
    const run = this.#run;
    const stop = (): void => run.cancel(stopped());
    if (this.#signal.aborted) this.#control.stop();
    this.#signal.addEventListener("abort", stop, { once: true });
    // A node that ends the process takes nothing with it of what others gave.
    const stay = beforeExit(() => this.#ledger.flush());
    this.#given.forEach((outputs, at) => {
      const step = this.#part.steps.length + at;
      run.state.outputs[step] = outputs;
      run.state.status[step] = outputs === undefined ? Status.skipped : Status.completed;
    });
    const { resume } = this.#order;
    if (resume !== undefined) putCheckpoint(run, 0, resume);
    if (resume !== undefined) this.#control.iterations = iterationsOf(resume);
    run.start();
    await run.ended;
    this.#signal.removeEventListener("abort", stop);
    stay();
    const rest = this.#ledger.close();
    const { checks } = this.#issues;
    const { elapsedMs } = this.#ledger;
    return { status: "ended", elapsedMs, checks, waited: [...this.#waited], ...(rest && { rest }) };
  }

  /** The host may have taken a strand back, or want nothing more. */
  #admit(unit: number): boolean {
    if (this.#isStopped()) return false;
    const strand = this.#strandOf[unit]!;
    if (this.#plan.steps[unit]?.map?.indices !== undefined) return true;
    if (strand >= 0 && !this.#control.claim(strand)) {
      this.#run.leave(this.#part.strands[strand]!);
      return false;
    }
    this.#control.running = unit;
    const step = this.#plan.steps[unit];
    if (step === undefined || step.scope < 0) this.#ledger.before(step?.definition);
    return true;
  }

  #admitItem(at: number): boolean {
    if (this.#isStopped()) return false;
    this.#control.running = at;
    return this.#control.claim(at);
  }

  #isStopped(): boolean {
    if (this.#control.stopped) this.#run.cancel(stopped());
    return this.#control.stopped;
  }

  #settings(): RunSettings {
    const { runId, settings } = this.#order;
    const { validation, onFailure, graceMs, metrics, events } = settings;
    const logger = linesTo((line) => this.#ledger.add(["log", line]));
    const invoked = isolated(invoke);
    return {
      runId,
      clock: systemClock,
      random: Math.random,
      maxConcurrency: 1,
      groupLimits: {},
      graceMs,
      nodeTimeoutMs: undefined,
      retry: undefined,
      onFailure,
      itemEvents: false,
      shuffle: false,
      parameters: undefined,
      values: new ValueChecker(validation, this.#issues, metrics ? systemClock : undefined),
      events: events ? this.#emitter(runId) : undefined,
      watch: undefined,
      timing: metrics ? new NodeTiming(this.#plan) : undefined,
      logger: (): Logger => logger(),
      where: "worker",
      runTask: (task) => {
        const outcome = invoked(task);
        if (!("status" in outcome)) this.#waited.add(this.#plan.indexOf.get(task.nodeId)!);
        return outcome;
      },
      preempt: () => undefined,
      dropLate: () => this.#ledger.add(["late"]),
      ledger: this.#ledger,
      admit: (unit) => this.#admit(unit),
      admitItem: this.#plan.steps[0]?.map?.indices && ((at) => this.#admitItem(at)),
    };
  }

  /** Passes events on; those that the ledger tells of are told once. */
  #emitter(runId: string): Emitter {
    const onEvent = (event: RunEvent): void => {
      if (!this.#isInLedger(event)) this.#ledger.add(["event", event]);
    };
    return new Emitter([{ onEvent }], runId, systemClock, () => undefined);
  }

  #isInLedger(body: { readonly type: string; readonly nodeId?: string }): boolean {
    if (body.type === "node.failed") return true;
    // The host said so when it sent it.
    if (body.type === "node.started" && body.nodeId === this.#order.begun) return true;
    if (!ENDS.has(body.type)) return false;
    return this.#plan.steps[this.#plan.indexOf.get(body.nodeId!)!]!.scope < 0;
  }
}

const ENDS = new Set(["node.completed", "node.skipped", "node.cancelled"]);

function stopped(): PolyloomError {
  return new PolyloomError("cancelled", "the run was stopped");
}
