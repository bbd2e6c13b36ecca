import type { NodeDefinition } from "@polyloom/core";
import { type About, type Order, orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import {
  BaseRuntime,
  type Capabilities,
  type Outcome,
  type Plan,
  placeFailed,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";
import { deserializeError, PolyloomError } from "@polyloom/wire";
import { MemoryGuard } from "./memory-guard.ts";
import { NodeNumbers } from "./node-numbers.ts";
import { OWN_OPTIONS, type ParallelRuntimeOptions, type WorkerSettings, workerSettings } from "./parallel-options.ts";
import { refuseAbove } from "./size-limit.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";
import type { Work, WorkerThread } from "./worker-thread.ts";
import { Workers } from "./workers.ts";

/** Runs each node on a worker thread: as many at once as there are workers, each with memory of its own. */
export class ParallelRuntime extends BaseRuntime {
  readonly name = "parallel";
  readonly capabilities: Capabilities;
  readonly #settings: WorkerSettings;
  readonly #numbers: NodeNumbers = new NodeNumbers();
  /** Numbers of nodes that a worker found. */
  readonly #found: Set<number> = new Set();
  readonly #running: Map<Task, WorkerThread> = new Map();
  readonly #guard: MemoryGuard | undefined;
  #workers: Workers | undefined;

  /**
   * Takes the options of every runtime, and those of its workers; no thread starts before the first run.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: ParallelRuntimeOptions = {}) {
    super(options, OWN_OPTIONS);
    this.#settings = workerSettings(options);
    const { maxWorkers: maxConcurrency, memoryLimit } = this.#settings;
    this.capabilities = Object.freeze({
      ...SEQUENTIAL,
      place: "worker",
      maxConcurrency,
      isolates: true,
      preempts: true,
    });
    if (memoryLimit !== undefined) this.#guard = new MemoryGuard(memoryLimit);
  }

  /** What each worker did so far. */
  workers(): readonly WorkerMetrics[] {
    return this.#workers?.all.map((worker) => worker.metrics()) ?? [];
  }

  protected override start(): void {
    this.#workers = new Workers(this.#settings, (error, about) => this.#late(error, about));
  }

  protected override stop(): Promise<void> {
    return this.#workers!.close();
  }

  /** Finds every node that is new, so that one which cannot be found is refused before any node starts (D5). */
  protected override async prepare(plan: Plan, signal: AbortSignal): Promise<void> {
    const nodes = this.#unknownOf(plan);
    if (nodes.length === 0) return;
    const workers = this.#workers!;
    try {
      const worker = await workers.take(signal);
      for (const other of workers.takeCold(widthOf(plan) - 1)) this.#find(other, nodes).catch(() => undefined);
      await this.#findUnless(signal, worker, nodes);
    } catch (error) {
      // What is not wanted any more the run itself will tell.
      if (!signal.aborted) throw error;
    }
  }

  protected async runTask(task: Task, signal: AbortSignal): Promise<Outcome> {
    let worker: WorkerThread | undefined;
    try {
      const order = this.#orderFor(task);
      const free = this.#workers!.take(signal);
      worker = free instanceof Promise ? await free : free;
      return await this.#assign(worker, task, order, signal);
    } catch (error) {
      return placeFailed(error);
    } finally {
      if (worker !== undefined) this.#workers!.giveBack(worker);
    }
  }

  protected override preempt(task: Task): void {
    this.#running.get(task)?.kill(new PolyloomError("cancelled", "its worker was ended, since nobody waited for it"));
  }

  #unknownOf({ steps }: Plan): NodeDefinition[] {
    const nodes = steps.flatMap(({ definition }) => definition ?? []);
    return nodes.filter((node) => !this.#found.has(this.#numbers.of(node)));
  }

  async #findUnless(signal: AbortSignal, worker: WorkerThread, nodes: readonly NodeDefinition[]): Promise<void> {
    const stop = (): void => worker.kill(signal.reason as PolyloomError);
    signal.addEventListener("abort", stop);
    try {
      await this.#find(worker, nodes);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #find(worker: WorkerThread, nodes: readonly NodeDefinition[]): Promise<void> {
    const entries = nodes.map((node) => this.#numbers.entry(node));
    try {
      const end = await worker.send({ kind: "find", nodes: entries });
      if (end.kind !== "completed") throw deserializeError(end.error);
      for (const { number } of entries) {
        worker.known.add(number);
        this.#found.add(number);
      }
    } finally {
      this.#workers!.giveBack(worker);
    }
  }

  #orderFor(task: Task): Order<number> {
    const order = orderFor(task, this.#numbers.of(task.node));
    refuseAbove(this.#settings.memoryLimit, order.input, `the input of "${task.nodeId}"`);
    return order;
  }

  async #assign(worker: WorkerThread, task: Task, order: Order<number>, signal: AbortSignal): Promise<Outcome> {
    const abort = (): void => worker.abort(signal.reason);
    this.#running.set(task, worker);
    signal.addEventListener("abort", abort);
    this.#guard?.watch(worker);
    try {
      const end = await worker.send(this.#messageFor(worker, task, order), (report) => takeReport(report, task));
      worker.known.add(order.node);
      if (this.options.collectMetrics === true) worker.count(order.input, end);
      return { ...takeEnd(end, task), where: `worker ${worker.number}` };
    } finally {
      this.#guard?.leave(worker);
      signal.removeEventListener("abort", abort);
      this.#running.delete(task);
    }
  }

  /** A worker that has not heard of the node is told where it is. */
  #messageFor(worker: WorkerThread, { node }: Task, order: Order<number>): Work {
    if (worker.known.has(order.node)) return { kind: "run", order };
    return { kind: "run", order, reference: node.reference! };
  }

  /** Tells what a node left behind threw: it fails no run. */
  #late(error: unknown, about: About | undefined): void {
    const whose = about === undefined ? "a node" : `node "${about.nodeId}"`;
    const late = new PolyloomError("late_error", `${whose} left code behind that threw: ${String(error)}`, {
      cause: error,
      details: { ...about },
    });
    if (this.options.logger === undefined) process.emitWarning(late.message, { code: late.code });
    else this.options.logger.error({ err: late, runId: about?.runId, nodeId: about?.nodeId }, late.message);
  }
}

/** How many tasks start at once, as far as the plan tells. */
function widthOf({ units, waits, steps }: Plan): number {
  const first = units.filter((unit) => waits[unit] === 0);
  return first.some((unit) => steps[unit]?.kind === "map") ? Infinity : first.length;
}
