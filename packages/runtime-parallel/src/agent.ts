import { AsyncLocalStorage } from "node:async_hooks";
import type { NodeDefinition } from "@polyloom/core";
import { type End, type Order, performNode, refused } from "@polyloom/core/place";
import { deserializeError, findNode, serializeError } from "@polyloom/wire";
import { Job } from "./job.ts";
import type { Abort, Message, NumberedNode, WorkerData, Word } from "./message.ts";
import { refuseAbove } from "./size-limit.ts";

/** What a worker thread does, message by message; one at a time. */
export class Agent {
  readonly #say: (word: Word) => void;
  readonly #busy: Float64Array;
  readonly #memoryLimit: number | undefined;
  readonly #nodes: NodeDefinition[] = [];
  /** Tells whose code threw, also after its end. */
  readonly #jobs: AsyncLocalStorage<Job> = new AsyncLocalStorage();
  #job: Job | undefined;
  /** An abort may overtake what it aborts, which comes through another port. */
  #early: Abort | undefined;

  /** `say` sends a word through the worker's own port. */
  constructor({ busy, memoryLimit }: WorkerData, say: (word: Word) => void) {
    this.#say = say;
    this.#busy = new Float64Array(busy);
    this.#memoryLimit = memoryLimit;
  }

  /** Does what a message asks for; what is at hand at once is not awaited. */
  handle(message: Message): End | Promise<End> {
    const started = performance.now();
    const job = this.#begin(message);
    const end = this.#jobs.run(job, () => this.#work(message, job));
    return end instanceof Promise ? end.then((each) => this.#end(job, each, started)) : this.#end(job, end, started);
  }

  /** Aborts what the worker works on, or will work on next. */
  abort(abort: Abort): void {
    if (this.#job?.id === abort.id) this.#job.abort(deserializeError(abort.reason));
    else this.#early = abort;
  }

  /** Something threw that nobody caught: its own node fails, if it still runs, and no other. */
  uncaught(error: unknown): void {
    const job = this.#jobs.getStore();
    if (job === undefined && this.#isUnsent(error))
      this.#say({ kind: "unsent", id: this.#job!.id, error: serializeError(error) });
    else if (job === undefined || job.over)
      this.#say({ kind: "late", about: job?.about, error: serializeError(error) });
    else job.fail(error);
  }

  /** What piscina throws where it cannot post an answer. */
  #isUnsent(error: unknown): boolean {
    return this.#job?.over === true && error instanceof DOMException && error.name === "DataCloneError";
  }

  #begin(message: Message): Job {
    const { id } = message;
    const about = message.kind === "run" ? message.order.about : undefined;
    const job = new Job(id, about, (report) => this.#say({ kind: "report", id, report }));
    this.#job = job;
    if (this.#early?.id === id) job.abort(deserializeError(this.#early.reason));
    this.#early = undefined;
    return job;
  }

  #work(message: Message, job: Job): End | Promise<End> {
    if (message.kind === "find") return job.firstEnd(this.#find(message.nodes));
    const { order, reference } = message;
    const node = this.#nodes[order.node];
    if (node !== undefined) return this.#perform(node, order, job);
    return job.firstEnd(this.#find([{ number: order.node, reference: reference! }], () => this.#run(order, job)));
  }

  async #find(nodes: readonly NumberedNode[], then?: () => End | Promise<End>): Promise<End> {
    try {
      for (const { number, reference } of nodes) this.#nodes[number] ??= (await findNode(reference)) as NodeDefinition;
    } catch (error) {
      return refused(error);
    }
    return then?.() ?? { kind: "completed", output: undefined };
  }

  #run(order: Order<number>, job: Job): End | Promise<End> {
    return this.#perform(this.#nodes[order.node]!, order, job);
  }

  #perform(node: NodeDefinition, order: Order<number>, job: Job): End | Promise<End> {
    const end = performNode(node, order, job);
    return end instanceof Promise ? job.firstEnd(end) : end;
  }

  #end(job: Job, end: End, started: number): End {
    job.over = true;
    this.#busy[0]! += performance.now() - started;
    try {
      if (end.kind === "completed") refuseAbove(this.#memoryLimit, end.output, `what "${job.about?.nodeId}" returned`);
      return end;
    } catch (error) {
      return refused(error);
    }
  }
}
