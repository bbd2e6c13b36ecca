import type { NodeDefinition } from "@polyloom/core";
import { type BatchLine, type Order, performBatch, performNode, refused } from "@polyloom/core/place";
import { deserializeError, findNode, movableBuffers, serializeError } from "@polyloom/wire";
import { Job } from "./job.ts";
import type { Abort, Answer, Message, WorkerData, Word } from "./message.ts";
import { refuseAbove } from "./size-limit.ts";
import { takeUncaught, watched } from "./watched-node.ts";

type Say = (word: Word, buffers?: readonly ArrayBuffer[]) => void;

/** What a worker thread does, message by message; one at a time. */
export class Agent {
  readonly #say: Say;
  readonly #busy: Float64Array;
  readonly #memoryLimit: number | undefined;
  /** Nodes, and functions of cycles, by number. */
  readonly #found: unknown[] = [];
  #job: Job | undefined;
  /** An abort may overtake what it aborts, which comes through another port. */
  #early: Abort | undefined;

  /** `say` sends a word through the worker's own port. */
  constructor({ busy, memoryLimit }: WorkerData, say: Say) {
    this.#say = say;
    this.#busy = new Float64Array(busy);
    this.#memoryLimit = memoryLimit;
  }

  /** Does what a message asks for; what is at hand at once is not awaited. */
  handle(message: Message): Answer | Promise<Answer> {
    const began = performance.now();
    const job = this.#begin(message.id);
    const answer = message.unknown.length === 0 ? this.#work(message, job) : this.#findAndWork(message, job);
    if (answer instanceof Promise) return answer.then((each) => this.#end(message, each, began));
    return this.#end(message, answer, began);
  }

  /** Aborts what the worker works on, or will work on next. */
  abort(abort: Abort): void {
    if (this.#job?.id === abort.id) this.#job.abort(deserializeError(abort.reason));
    else this.#early = abort;
  }

  /** Something threw that nobody caught: its own node fails, if that still runs, and no other. */
  uncaught(error: unknown): void {
    if (this.#isUnsent(error)) return this.#say({ kind: "unsent", id: this.#job!.id, error: serializeError(error) });
    const late = takeUncaught(error);
    if (late !== undefined) this.#say({ kind: "late", whose: late.whose, error: serializeError(error) });
  }

  /** What piscina throws where it cannot post an answer. */
  #isUnsent(error: unknown): boolean {
    return this.#job?.over === true && error instanceof DOMException && error.name === "DataCloneError";
  }

  #begin(id: number): Job {
    const job = new Job(id, this.#say);
    this.#job = job;
    if (this.#early?.id === id) job.abort(deserializeError(this.#early.reason));
    this.#early = undefined;
    return job;
  }

  async #findAndWork(message: Message, job: Job): Promise<Answer> {
    try {
      for (const { number, reference } of message.unknown) this.#found[number] ??= kept(await findNode(reference));
    } catch (error) {
      return refused(error);
    }
    return this.#work(message, job);
  }

  #work(message: Message, job: Job): Answer | Promise<Answer> {
    switch (message.kind) {
      case "find":
        return { kind: "completed", output: undefined };
      case "task":
        return performNode(this.#nodeOf(message.order), message.order, job);
      case "batch": {
        const found = message.numbers.map((number) => this.#found[number]);
        const { control, order } = message;
        const tell: BatchLine["tell"] = (portion, buffers) =>
          this.#say({ kind: "reports", id: job.id, portion }, buffers);
        return performBatch(order, found, { control, signal: job.signal, tell });
      }
    }
  }

  #end(message: Message, answer: Answer, began: number): Answer | Promise<Answer> {
    this.#job!.over = true;
    this.#busy[0]! += performance.now() - began;
    if (message.kind !== "task" || !("kind" in answer) || answer.kind !== "completed") return answer;
    const output = answer.output as Readonly<Record<string, unknown>>;
    try {
      refuseAbove(this.#memoryLimit, output, `the output of "${message.order.about.nodeId}"`);
    } catch (error) {
      return refused(error);
    }
    const { transfer = [] } = this.#nodeOf(message.order);
    const buffers = transfer.length === 0 ? [] : movableBuffers(transfer.map((port) => output[port]));
    return buffers.length === 0 ? answer : moved(answer, buffers);
  }

  #nodeOf({ node }: Order<number>): NodeDefinition {
    return this.#found[node] as NodeDefinition;
  }
}

function kept(found: unknown): unknown {
  return (found as { kind?: unknown }).kind === "node" ? watched(found as NodeDefinition) : found;
}

/** An answer for piscina to post with its buffers moved; few workers ever load it for that. */
async function moved(answer: Answer, buffers: readonly ArrayBuffer[]): Promise<Answer> {
  const { move, transferableSymbol, valueSymbol } = await import("piscina");
  const parcel = { [transferableSymbol]: buffers, [valueSymbol]: answer };
  return move(parcel as unknown as ArrayBuffer) as unknown as Answer;
}
