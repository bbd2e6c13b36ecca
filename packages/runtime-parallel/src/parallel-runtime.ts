import { type ReportPortion, type End, orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import {
  BaseRuntime,
  type Batch,
  type BatchEnd,
  type Capabilities,
  defaultLogger,
  type Outcome,
  type Plan,
  placeFailed,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";
import { deserializeError, movableBuffers, type NodeReference, PolyloomError } from "@polyloom/wire";
import { checkFlags, workerFlags } from "./exec-argv.ts";
import type { Whose, Work } from "./message.ts";
import { Numbers } from "./numbers.ts";
import { OWN_OPTIONS, type ParallelRuntimeOptions, type WorkerSettings, workerSettings } from "./parallel-options.ts";
import { refuseAbove } from "./size-limit.ts";
import type { WorkerMetrics } from "./worker-usage.ts";
import type { WorkerThread } from "./worker-thread.ts";
import { Workers } from "./workers.ts";

/** Runs nodes on worker threads: as many at once as there are workers, each with memory of its own. */
export class ParallelRuntime extends BaseRuntime {
  readonly name: string = "parallel";
  readonly capabilities: Capabilities;
  readonly #settings: WorkerSettings;
  readonly #numbers: Numbers = new Numbers();
  /** Numbers of nodes that a worker found. */
  readonly #found: Set<number> = new Set();
  #workers: Workers | undefined;

  /**
   * Takes the options of every runtime, and those of its workers; no thread starts before the first run. `own` names
   * those that a subclass adds, and checks itself.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: ParallelRuntimeOptions = {}, own: readonly string[] = []) {
    super(options, [...OWN_OPTIONS, ...own]);
    this.#settings = workerSettings(options);
    const { maxWorkers: maxConcurrency, fuse: fuses, chunkSize } = this.#settings;
    const traits = { isolates: true, preempts: true, fuses, chunkSize } as const;
    this.capabilities = Object.freeze({ ...SEQUENTIAL, place: "worker", maxConcurrency, ...traits });
  }

  /** What each worker did so far. */
  workers(): readonly WorkerMetrics[] {
    return this.#workers?.all.map((worker) => worker.usage.metrics()) ?? [];
  }

  protected override async start(): Promise<void> {
    const { execArgv } = this.#settings;
    if (execArgv !== undefined) await checkFlags(workerFlags(execArgv));
    this.#workers = new Workers(this.#settings, (error, whose) => this.#late(error, whose));
  }

  protected override stop(): Promise<void> {
    return this.#workers!.close();
  }

  /** Finds every node that is new, so that one which cannot be found is refused before any node starts (D5). */
  protected override async prepare(plan: Plan, signal: AbortSignal): Promise<void> {
    const nodes = referencesOf(plan).map((reference) => this.#numbers.of(reference));
    const unknown = nodes.filter(({ number }) => !this.#found.has(number));
    if (unknown.length > 0) await this.#find({ kind: "find", unknown }, widthOf(plan), signal);
    for (const { number } of unknown) this.#found.add(number);
  }

  protected async runTask(task: Task, signal: AbortSignal): Promise<Outcome> {
    try {
      const node = this.#numbers.of(task.node.reference!);
      const order = orderFor(task, node.number);
      refuseAbove(this.#settings.memoryLimit, order.input, `the input of "${task.nodeId}"`);
      const [end, worker] = await this.#workers!.run<End>(task, signal, (each) => {
        if (this.#counts) each.usage.sent(order.input);
        const work = { kind: "task", unknown: each.unknownOf([node]), order } as const;
        return {
          work,
          transfer: this.#workers!.movable(buffersOf(task)),
          onReport: (report) => takeReport(report, task),
        };
      });
      if (this.#counts && end.kind === "completed") worker.usage.received(end.output);
      return { ...takeEnd(end, task), where: worker.where };
    } catch (error) {
      return placeFailed(error);
    }
  }

  protected override preempt(task: Task): void {
    this.#workers!.kill(task);
  }

  protected override async performBatch(batch: Batch, signal: AbortSignal): Promise<BatchEnd> {
    const { order, control } = batch;
    try {
      refuseAbove(this.#settings.memoryLimit, order.values, "the values that fused nodes read");
      const references = order.references.map((reference) => this.#numbers.of(reference));
      const numbers = references.map(({ number }) => number);
      // The worker has them by their numbers.
      const slim = { ...order, references: [] };
      const [end, worker] = await this.#workers!.run<End | BatchEnd>(batch, signal, (each) => {
        if (this.#counts) each.usage.sent(order.values);
        const unknown = each.unknownOf(references);
        const work = { kind: "batch", unknown, order: slim, numbers, control } as const;
        return {
          work,
          transfer: this.#workers!.movable(batch.transfer),
          onReports: (portion) => this.#deliver(batch, portion, each),
        };
      });
      if ("kind" in end) throw end.kind === "completed" ? new Error("no batch") : deserializeError(end.error);
      if (this.#counts && end.status === "ended") worker.usage.received(end.rest);
      return { ...end, where: worker.where };
    } catch (error) {
      return placeFailed(error) as Extract<BatchEnd, { status: "failed" }>;
    }
  }

  protected override preemptBatch(batch: Batch): void {
    this.#workers!.kill(batch);
  }

  get #counts(): boolean {
    return this.options.collectMetrics === true;
  }

  #deliver(batch: Batch, portion: ReportPortion, worker: WorkerThread): void {
    if (this.#counts) worker.usage.received(portion);
    batch.deliver(portion, worker.where);
  }

  async #find(find: Work, width: number, signal: AbortSignal): Promise<void> {
    const workers = this.#workers!;
    const stop = (): void => workers.kill(find);
    signal.addEventListener("abort", stop);
    try {
      const found = workers.run<End>(find, signal, () => ({ work: find }));
      workers.warm(width - 1, find);
      const [end] = await found;
      if (end.kind !== "completed") throw deserializeError(end.error);
    } catch (error) {
      // What is not wanted any more the run itself will tell.
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Tells what a node left behind threw: it fails no run. */
  #late(cause: unknown, whose: Whose | undefined): void {
    const node = whose === undefined ? "a node" : `node "${whose.nodeId}"`;
    const message = `${node} left code behind that threw: ${String(cause)}`;
    const error = new PolyloomError("late_error", message, { cause, details: { ...whose } });
    (this.options.logger ?? defaultLogger()).error({ ...whose, err: error }, message);
  }
}

/** The nodes of a plan that run on workers. */
function referencesOf({ steps }: Plan): NodeReference[] {
  return steps.flatMap(({ definition }) =>
    definition === undefined || definition.inline ? [] : definition.reference!,
  );
}

/** Buffers of a task's input that nobody here reads any more. */
function buffersOf({ moved, input }: Task): readonly ArrayBuffer[] {
  return moved === undefined ? [] : movableBuffers(moved.map((port) => input[port]));
}

/** How many tasks start at once, as far as the plan tells. */
function widthOf({ units, waits, steps }: Plan): number {
  const first = units.filter((unit) => waits[unit] === 0);
  return first.some((unit) => steps[unit]?.kind === "map") ? Infinity : first.length;
}
