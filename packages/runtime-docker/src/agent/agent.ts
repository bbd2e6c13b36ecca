import { AsyncLocalStorage } from "node:async_hooks";
import type { NodeDefinition } from "@polyloom/core";
import { type About, type End, performNode, refused } from "@polyloom/core/place";
import { decode, deserializeError, encode, findNode, type NodeReference, serializeError } from "@polyloom/wire";
import type { Line } from "../line/frame-line.ts";
import type { Message, Word } from "../line/message.ts";
import { Job } from "./job.ts";

/** What the worker of a container does, message by message; one at a time. */
export class Agent {
  readonly #line: Line;
  readonly #maxBytes: number;
  /** Tells whose code threw, also after its end. */
  readonly #jobs: AsyncLocalStorage<Job> = new AsyncLocalStorage();
  readonly #nodes: Map<string, NodeDefinition> = new Map();
  #job: Job | undefined;

  /** Answers on `line`; no answer has more than `maxBytes`. */
  constructor(line: Line, maxBytes: number) {
    this.#line = line;
    this.#maxBytes = maxBytes;
  }

  /** Does what a message asks for. */
  handle(body: Uint8Array): void {
    const message = decode(body) as Message;
    if (message.kind === "abort") return this.#abort(message.id, deserializeError(message.reason));
    const about = message.kind === "run" ? message.order.about : undefined;
    const job = this.#begin(message.id, about);
    const end = this.#jobs.run(job, () => this.#work(message, job));
    if (end instanceof Promise) void job.firstEnd(end).then((each) => this.#end(job, each));
    else this.#end(job, end);
  }

  /** Something threw that nobody caught: its own node fails, if it still runs, and no other. */
  uncaught(error: unknown): void {
    const job = this.#jobs.getStore();
    if (job !== undefined && !job.over) job.fail(error);
    else this.#say({ kind: "late", about: job?.about, error: serializeError(error) });
  }

  #begin(id: number, about: About | undefined): Job {
    return (this.#job = new Job(id, about, (report) => this.#say({ kind: "report", id, report })));
  }

  #abort(id: number, reason: unknown): void {
    if (this.#job?.id === id) this.#job.abort(reason);
  }

  /** A node that was found before is run at once. */
  #work(message: Exclude<Message, { kind: "abort" }>, job: Job): End | Promise<End> {
    if (message.kind === "find") return this.#find(message.nodes);
    const { order } = message;
    const node = this.#nodes.get(keyOf(order.node));
    if (node !== undefined) return performNode(node, order, job);
    return this.#find([order.node], () => performNode(this.#nodes.get(keyOf(order.node))!, order, job));
  }

  async #find(references: readonly NodeReference[], then?: () => End | Promise<End>): Promise<End> {
    try {
      for (const each of references) this.#nodes.set(keyOf(each), (await findNode(each)) as NodeDefinition);
    } catch (error) {
      return refused(error);
    }
    return then?.() ?? { kind: "completed", output: undefined };
  }

  #end(job: Job, end: End): void {
    job.over = true;
    const { id } = job;
    try {
      this.#say({ kind: "end", id, end });
    } catch (error) {
      this.#say({ kind: "end", id, end: refused(error) });
    }
  }

  #say(word: Word): void {
    this.#line.send(encode(word, { maxBytes: this.#maxBytes }));
  }
}

function keyOf({ module, name }: NodeReference): string {
  return `${name} ${module}`;
}
