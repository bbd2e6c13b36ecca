import { orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import { BaseRuntime, placeFailed, SEQUENTIAL } from "@polyloom/core/runtime";
import { deserializeError, PolyloomError } from "@polyloom/wire";
import { MemoryGuard } from "./memory-guard.js";
import { NodeNumbers } from "./node-numbers.js";
import { OWN_OPTIONS, workerSettings } from "./parallel-options.js";
import { refuseAbove } from "./size-limit.js";
import { Workers } from "./workers.js";
/** Runs each node on a worker thread: as many at once as there are workers, each with memory of its own. */
export class ParallelRuntime extends BaseRuntime {
  name = "parallel";
  capabilities;
  #settings;
  #numbers = new NodeNumbers();
  /** Numbers of nodes that a worker found. */
  #found = new Set();
  #running = new Map();
  #guard;
  #workers;
  /**
   * Takes the options of every runtime, and those of its workers; no thread starts before the first run.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options = {}) {
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
  workers() {
    return this.#workers?.all.map((worker) => worker.metrics()) ?? [];
  }
  start() {
    this.#workers = new Workers(this.#settings, (error, about) => this.#late(error, about));
  }
  stop() {
    return this.#workers.close();
  }
  /** Finds every node that is new, so that one which cannot be found is refused before any node starts (D5). */
  async prepare(plan, signal) {
    const nodes = this.#unknownOf(plan);
    if (nodes.length === 0) return;
    const workers = this.#workers;
    try {
      const worker = await workers.take(signal);
      for (const other of workers.takeCold(widthOf(plan) - 1)) this.#find(other, nodes).catch(() => undefined);
      await this.#findUnless(signal, worker, nodes);
    } catch (error) {
      // What is not wanted any more the run itself will tell.
      if (!signal.aborted) throw error;
    }
  }
  async runTask(task, signal) {
    let worker;
    try {
      const order = this.#orderFor(task);
      const free = this.#workers.take(signal);
      worker = free instanceof Promise ? await free : free;
      return await this.#assign(worker, task, order, signal);
    } catch (error) {
      return placeFailed(error);
    } finally {
      if (worker !== undefined) this.#workers.giveBack(worker);
    }
  }
  preempt(task) {
    this.#running.get(task)?.kill(new PolyloomError("cancelled", "its worker was ended, since nobody waited for it"));
  }
  #unknownOf({ steps }) {
    const nodes = steps.flatMap(({ definition }) => definition ?? []);
    return nodes.filter((node) => !this.#found.has(this.#numbers.of(node)));
  }
  async #findUnless(signal, worker, nodes) {
    const stop = () => worker.kill(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      await this.#find(worker, nodes);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
  async #find(worker, nodes) {
    const entries = nodes.map((node) => this.#numbers.entry(node));
    try {
      const end = await worker.send({ kind: "find", nodes: entries });
      if (end.kind !== "completed") throw deserializeError(end.error);
      for (const { number } of entries) {
        worker.known.add(number);
        this.#found.add(number);
      }
    } finally {
      this.#workers.giveBack(worker);
    }
  }
  #orderFor(task) {
    const order = orderFor(task, this.#numbers.of(task.node));
    refuseAbove(this.#settings.memoryLimit, order.input, `the input of "${task.nodeId}"`);
    return order;
  }
  async #assign(worker, task, order, signal) {
    const abort = () => worker.abort(signal.reason);
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
  #messageFor(worker, { node }, order) {
    if (worker.known.has(order.node)) return { kind: "run", order };
    return { kind: "run", order, reference: node.reference };
  }
  /** Tells what a node left behind threw: it fails no run. */
  #late(error, about) {
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
function widthOf({ units, waits, steps }) {
  const first = units.filter((unit) => waits[unit] === 0);
  return first.some((unit) => steps[unit]?.kind === "map") ? Infinity : first.length;
}
