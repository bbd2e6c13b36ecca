import { orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import { BaseRuntime, defaultLogger, placeFailed, SEQUENTIAL } from "@polyloom/core/runtime";
import { deserializeError, PolyloomError } from "@polyloom/wire";
import { Numbers } from "./numbers.js";
import { OWN_OPTIONS, workerSettings } from "./parallel-options.js";
import { refuseAbove } from "./size-limit.js";
import { Workers } from "./workers.js";
/** Runs nodes on worker threads: as many at once as there are workers, each with memory of its own. */
export class ParallelRuntime extends BaseRuntime {
  name = "parallel";
  capabilities;
  #settings;
  #numbers = new Numbers();
  /** Numbers of nodes that a worker found. */
  #found = new Set();
  #workers;
  /**
   * Takes the options of every runtime, and those of its workers; no thread starts before the first run. `own` names
   * those that a subclass adds, and checks itself.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options = {}, own = []) {
    super(options, [...OWN_OPTIONS, ...own]);
    this.#settings = workerSettings(options);
    const { maxWorkers: maxConcurrency, fuse: fuses } = this.#settings;
    const traits = { isolates: true, preempts: true, fuses };
    this.capabilities = Object.freeze({ ...SEQUENTIAL, place: "worker", maxConcurrency, ...traits });
  }
  /** What each worker did so far. */
  workers() {
    return this.#workers?.all.map((worker) => worker.metrics()) ?? [];
  }
  start() {
    this.#workers = new Workers(this.#settings, (error, whose) => this.#late(error, whose));
  }
  stop() {
    return this.#workers.close();
  }
  /** Finds every node that is new, so that one which cannot be found is refused before any node starts (D5). */
  async prepare(plan, signal) {
    const nodes = referencesOf(plan).map((reference) => this.#numbers.of(reference));
    const unknown = nodes.filter(({ number }) => !this.#found.has(number));
    if (unknown.length > 0) await this.#find({ kind: "find", unknown }, widthOf(plan), signal);
    for (const { number } of unknown) this.#found.add(number);
  }
  async runTask(task, signal) {
    try {
      const node = this.#numbers.of(task.node.reference);
      const order = orderFor(task, node.number);
      refuseAbove(this.#settings.memoryLimit, order.input, `the input of "${task.nodeId}"`);
      const onReport = (report) => takeReport(report, task);
      const [end, worker] = await this.#workers.run(task, signal, (each) => {
        return { kind: "task", unknown: each.unknownOf([node]), order, onReport };
      });
      if (this.options.collectMetrics === true) worker.moved(order.input, end.kind === "completed" && end.output);
      return { ...takeEnd(end, task), where: worker.where };
    } catch (error) {
      return placeFailed(error);
    }
  }
  preempt(task) {
    this.#workers.kill(task);
  }
  async performBatch(batch, signal) {
    const { order, control } = batch;
    try {
      refuseAbove(this.#settings.memoryLimit, order.part, "the values that fused nodes read");
      const references = order.part.references.map((reference) => this.#numbers.of(reference));
      const numbers = references.map(({ number }) => number);
      // The worker has them by their numbers.
      const slim = { ...order, part: { ...order.part, references: [] } };
      const [end, worker] = await this.#workers.run(batch, signal, (each) => {
        const onReports = (reports) => this.#deliver(batch, reports, each);
        return { kind: "batch", unknown: each.unknownOf(references), order: slim, numbers, control, onReports };
      });
      if (this.options.collectMetrics === true) worker.moved(order.part.given, undefined);
      if ("kind" in end) throw end.kind === "completed" ? new Error("no batch") : deserializeError(end.error);
      return { ...end, where: worker.where };
    } catch (error) {
      return placeFailed(error);
    }
  }
  preemptBatch(batch) {
    this.#workers.kill(batch);
  }
  #deliver(batch, reports, worker) {
    if (this.options.collectMetrics === true) worker.moved(undefined, reports);
    batch.deliver(reports, worker.where);
  }
  async #find(find, width, signal) {
    const workers = this.#workers;
    const stop = () => workers.kill(find);
    signal.addEventListener("abort", stop);
    try {
      const found = workers.run(find, signal, () => find);
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
  #late(cause, whose) {
    const node = whose === undefined ? "a node" : `node "${whose.nodeId}"`;
    const message = `${node} left code behind that threw: ${String(cause)}`;
    const error = new PolyloomError("late_error", message, { cause, details: { ...whose } });
    (this.options.logger ?? defaultLogger()).error({ ...whose, err: error }, message);
  }
}
/** The nodes of a plan that run on workers. */
function referencesOf({ steps }) {
  return steps.flatMap(({ definition }) => (definition === undefined || definition.inline ? [] : definition.reference));
}
/** How many tasks start at once, as far as the plan tells. */
function widthOf({ units, waits, steps }) {
  const first = units.filter((unit) => waits[unit] === 0);
  return first.some((unit) => steps[unit]?.kind === "map") ? Infinity : first.length;
}
