import { receiveMessageOnPort } from "node:worker_threads";
import { deserializeError, estimateBytes, serializeError } from "@polyloom/wire";
import { Piscina } from "piscina";
import { workerFlags } from "./exec-argv.js";
import { deathOf, unsent } from "./worker-death.js";
const NONE = [];
const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url).href;
/**
 * One worker thread, started when it is needed and again after its death. A piscina of one thread each: the scheduler
 * is the queue, and what a worker knows has to be known before a message is sent to it.
 */
export class WorkerThread {
  number;
  /** Numbers of the nodes that it has found. */
  #known = new Set();
  starts = 0;
  #tasks = 0;
  #roundTripMs = 0;
  #bytesSent = 0;
  #bytesReceived = 0;
  #settings;
  #onLate;
  #busy = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  #pool;
  #exits = new Set();
  #killer = new AbortController();
  #port;
  #job;
  #lastId = 0;
  /** Nothing starts before the first message, unless it is one of those that stay. */
  constructor(number, settings, onLate) {
    this.number = number;
    this.#settings = settings;
    this.#onLate = onLate;
    this.#pool = this.#createPool();
  }
  /** Whether there is a thread. */
  get isUp() {
    return this.#pool.threads.length > 0;
  }
  /** Which it is, for people. */
  get where() {
    return `worker ${this.number}`;
  }
  /** Those of some nodes that it has not heard of. */
  unknownOf(nodes) {
    return nodes.every(({ number }) => this.#known.has(number))
      ? NONE
      : nodes.filter(({ number }) => !this.#known.has(number));
  }
  /** Counts values that went there, and came back. */
  moved(sent, received) {
    this.#bytesSent += estimateBytes(sent);
    this.#bytesReceived += estimateBytes(received);
  }
  /** What its threads did so far. */
  metrics() {
    const busyMs = new Float64Array(this.#busy)[0];
    return {
      worker: this.number,
      starts: this.starts,
      tasks: this.#tasks,
      busyMs,
      waitMs: Math.max(0, this.#roundTripMs - busyMs),
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }
  /**
   * Sends one message and gives the end of its work.
   * @throws PolyloomError `place_lost`, `place_unavailable`, `memory_limit_exceeded`, `not_transferable`, or why it was killed
   */
  async send({ onReport, onReports, ...work }) {
    const job = { id: ++this.#lastId, hearer: { onReport, onReports }, abort: undefined };
    this.#job = job;
    const { signal } = this.#killer;
    const sentAt = performance.now();
    if (work.kind !== "find") this.#tasks++;
    try {
      const answer = await this.#pool.run({ ...work, id: job.id }, { signal });
      for (const { number } of work.unknown) this.#known.add(number);
      return answer;
    } catch (error) {
      throw deathOf(signal.aborted ? signal.reason : error, this.#settings.memoryLimit);
    } finally {
      this.#roundTripMs += performance.now() - sentAt;
      this.#drain();
      this.#job = undefined;
    }
  }
  /** Asks the node that runs to stop. */
  abort(reason) {
    if (this.#job === undefined) return;
    this.#job.abort = { id: this.#job.id, reason: serializeError(reason) };
    this.#port?.postMessage(this.#job.abort);
  }
  /** Ends the thread by force; what ran there fails with the reason. */
  kill(reason) {
    const killer = this.#killer;
    this.#killer = new AbortController();
    killer.abort(reason);
  }
  /** Bytes of its heap and its buffers; `undefined` where it is gone. */
  async memory() {
    try {
      const statistics = await this.#pool.threads[0]?.getHeapStatistics();
      return statistics && statistics.used_heap_size + statistics.external_memory;
    } catch {
      return undefined; // it ended meanwhile
    }
  }
  /** Ends it for good, and waits for that. */
  async close() {
    await this.#pool.destroy();
    await Promise.all(this.#exits);
  }
  #createPool() {
    const { minWorkers, memoryLimit, idleTimeoutMs, env, execArgv } = this.#settings;
    const pool = new Piscina({
      filename: WORKER_FILE,
      minThreads: this.number <= minWorkers ? 1 : 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      // Atomics would freeze what a node left running, and its timers.
      atomics: "disabled",
      idleTimeout: idleTimeoutMs,
      workerData: { busy: this.#busy, memoryLimit },
      ...(memoryLimit && { resourceLimits: { maxOldGenerationSizeMb: Math.floor(memoryLimit / 2 ** 20) } }),
      ...(env && { env: { ...env } }),
      ...(execArgv && { execArgv: workerFlags(execArgv) }),
    });
    pool.on("message", ({ port }) => this.#connect(port));
    pool.on("workerDestroy", () => this.#lost());
    pool.on("error", (error) => this.#failed(error));
    return pool;
  }
  #connect(port) {
    this.starts++;
    this.#port = port;
    port.on("message", (word) => this.#hear(word));
    port.unref();
    if (this.#job?.abort !== undefined) port.postMessage(this.#job.abort);
  }
  #hear(word) {
    if (word.kind === "late") return this.#onLate(deserializeError(word.error), word.whose);
    if (word.id !== this.#job?.id) return;
    const { onReport, onReports } = this.#job.hearer;
    if (word.kind === "report") onReport?.(word.report);
    else if (word.kind === "reports") onReports?.(word.reports);
    else this.kill(unsent(deserializeError(word.error)));
  }
  /** What was told before the end, which took another way and may have been faster. */
  #drain() {
    const port = this.#port;
    if (port === undefined) return;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      this.#hear(next.message);
  }
  /** The thread is ending, by itself or by force. */
  #lost() {
    const exit = this.#pool.threads[0]?.terminate();
    if (exit !== undefined) this.#exits.add(exit.finally(() => this.#exits.delete(exit)));
    this.#drain();
    this.#port?.close();
    this.#port = undefined;
    this.#known.clear();
    const job = this.#job;
    // Piscina forgets a message that waits for a thread which ends before it is ready.
    if (job !== undefined) setImmediate(() => this.#job === job && this.#failed(new Error("it ended at once")));
  }
  #failed(error) {
    if (this.#job !== undefined) this.kill(deathOf(error, this.#settings.memoryLimit));
    else this.#onLate(error, undefined);
  }
}
