import { MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { ReportPortion, Report } from "@polyloom/core/place";
import { deserializeError, type PolyloomError, serializeError } from "@polyloom/wire";
import { Piscina } from "piscina";
import { workerFlags } from "./exec-argv.ts";
import type { Abort, Answer, Hello, Message, Numbered, WorkerData, Whose, Word, Work } from "./message.ts";
import type { WorkerSettings } from "./parallel-options.ts";
import { deathOf, unsent } from "./worker-death.ts";
import { WorkerUsage } from "./worker-usage.ts";

/** Work on its way to a worker, and who hears what is told meanwhile. */
export interface Sending {
  readonly work: Work;
  /** Buffers in it that are moved there. */
  readonly transfer?: readonly ArrayBuffer[];
  readonly onReport?: (report: Report) => void;
  readonly onReports?: (portion: ReportPortion) => void;
}

/** Told of what a node left behind threw. */
export type OnLate = (error: unknown, whose: Whose | undefined) => void;

interface Job {
  readonly id: number;
  readonly sending: Sending;
  abort: Abort | undefined;
}

const NONE: readonly Numbered[] = [];

const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url).href;

/**
 * One worker thread, started when it is needed and again after its death. A piscina of one thread each: the scheduler
 * is the queue, and what a worker knows has to be known before a message is sent to it.
 */
export class WorkerThread {
  readonly usage: WorkerUsage;
  /** Numbers of the nodes that it has found. */
  readonly #known: Set<number> = new Set();
  readonly #settings: WorkerSettings;
  readonly #onLate: OnLate;
  readonly #pool: Piscina<Message, Answer>;
  readonly #exits: Set<Promise<unknown>> = new Set();
  #killer: AbortController = new AbortController();
  #port: MessagePort | undefined;
  #isReady = false;
  #job: Job | undefined;
  #lastId = 0;

  /** Nothing starts before the first message, unless it is one of those that stay. */
  constructor(number: number, settings: WorkerSettings, onLate: OnLate) {
    this.usage = new WorkerUsage(number);
    this.#settings = settings;
    this.#onLate = onLate;
    this.#pool = this.#createPool(number);
  }

  /** Whether there is a thread. */
  get isUp(): boolean {
    return this.#pool.threads.length > 0;
  }

  /** Whether it was given something that waits for its thread to start: not even copied yet. */
  get holdsUnsent(): boolean {
    return this.#job !== undefined && !this.#isReady;
  }

  /** Which it is, for people. */
  get where(): string {
    return `worker ${this.usage.worker}`;
  }

  /** Those of some nodes that it has not heard of. */
  unknownOf(nodes: readonly Numbered[]): readonly Numbered[] {
    return nodes.every(({ number }) => this.#known.has(number))
      ? NONE
      : nodes.filter(({ number }) => !this.#known.has(number));
  }

  /**
   * Sends one message and gives the end of its work.
   * @throws PolyloomError `place_lost`, `place_unavailable`, `memory_limit_exceeded`, `not_transferable`, or why it was killed
   */
  async send(sending: Sending): Promise<Answer> {
    const { work, transfer } = sending;
    const job: Job = { id: ++this.#lastId, sending, abort: undefined };
    this.#job = job;
    const { signal } = this.#killer;
    const sentAt = performance.now();
    try {
      const message = { ...work, id: job.id };
      const answer = await this.#pool.run(message, { signal, ...(transfer && { transferList: [...transfer] }) });
      for (const { number } of work.unknown) this.#known.add(number);
      return answer;
    } catch (error) {
      throw deathOf(signal.aborted ? signal.reason : error, this.#settings.memoryLimit);
    } finally {
      this.usage.answered(performance.now() - sentAt, work.kind !== "find");
      this.#drain();
      this.#job = undefined;
    }
  }

  /** Asks the node that runs to stop. */
  abort(reason: unknown): void {
    if (this.#job === undefined) return;
    this.#job.abort = { id: this.#job.id, reason: serializeError(reason) };
    this.#port?.postMessage(this.#job.abort);
  }

  /** Ends the thread by force; what ran there fails with the reason. */
  kill(reason: PolyloomError): void {
    const killer = this.#killer;
    this.#killer = new AbortController();
    killer.abort(reason);
  }

  /** Bytes of its heap and its buffers; `undefined` where it is gone. */
  async memory(): Promise<number | undefined> {
    try {
      const statistics = await this.#pool.threads[0]?.getHeapStatistics();
      return statistics && statistics.used_heap_size + statistics.external_memory;
    } catch {
      return undefined; // it ended meanwhile
    }
  }

  /** Ends it for good, and waits for that. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await Promise.all(this.#exits);
  }

  #createPool(number: number): Piscina<Message, Answer> {
    const { minWorkers, memoryLimit, idleTimeoutMs, env, execArgv } = this.#settings;
    const pool = new Piscina<Message, Answer>({
      filename: WORKER_FILE,
      minThreads: number <= minWorkers ? 1 : 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      // Atomics would freeze what a node left running, and its timers.
      atomics: "disabled",
      idleTimeout: idleTimeoutMs,
      workerData: { busy: this.usage.busy, memoryLimit } satisfies WorkerData,
      ...(memoryLimit && { resourceLimits: { maxOldGenerationSizeMb: Math.floor(memoryLimit / 2 ** 20) } }),
      ...(env && { env: { ...env } }),
      ...(execArgv && { execArgv: workerFlags(execArgv) }),
    });
    // A node may post something to the parent as well.
    pool.on("message", (message: unknown) => isHello(message) && this.#connect(message.port));
    pool.on("workerCreate", () => (this.#isReady = true));
    pool.on("workerDestroy", () => this.#lost());
    pool.on("error", (error: Error) => this.#failed(error));
    return pool;
  }

  #connect(port: MessagePort): void {
    this.usage.started();
    this.#port = port;
    port.on("message", (word: Word) => this.#hear(word));
    port.unref();
    if (this.#job?.abort !== undefined) port.postMessage(this.#job.abort);
  }

  #hear(word: Word): void {
    if (word.kind === "late") return this.#onLate(deserializeError(word.error), word.whose);
    if (word.id !== this.#job?.id) return;
    const { onReport, onReports } = this.#job.sending;
    if (word.kind === "report") onReport?.(word.report);
    else if (word.kind === "reports") onReports?.(word.portion);
    else this.kill(unsent(deserializeError(word.error)));
  }

  /** What was told before the end, which took another way and may have been faster. */
  #drain(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      this.#hear(next.message as Word);
  }

  /** The thread is ending, by itself or by force. */
  #lost(): void {
    const exit = this.#pool.threads[0]?.terminate();
    if (exit !== undefined) this.#await(exit);
    this.#drain();
    this.#port?.close();
    this.#port = undefined;
    this.#isReady = false;
    this.#known.clear();
    const job = this.#job;
    // Piscina forgets a message that waits for a thread which ends before it is ready.
    if (job !== undefined) setImmediate(() => this.#job === job && this.#failed(new Error("it ended at once")));
  }

  #await(exit: Promise<number>): void {
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
  }

  #failed(error: Error): void {
    if (this.#job !== undefined) this.kill(deathOf(error, this.#settings.memoryLimit));
    else this.#onLate(error, undefined);
  }
}

function isHello(message: unknown): message is Hello {
  return (message as Partial<Hello> | null | undefined)?.port instanceof MessagePort;
}
