import type { NodeDefinition } from "@polyloom/core";
import { type End, performBatch, performNode, refused } from "@polyloom/core/place";
import { deserializeError, findNode, serializeError } from "@polyloom/wire";
import { Job } from "./job.ts";
import type { Abort, Answer, Message, Numbered, WorkerData, Word } from "./message.ts";
import { refuseAbove } from "./size-limit.ts";
import { takeUncaught, watched } from "./watched-node.ts";

/** What a worker thread does, message by message; one at a time. */
export class Agent {
  readonly #say: (word: Word) => void;
  readonly #busy: Float64Array;
  readonly #memoryLimit: number | undefined;
  /** Nodes, and functions of cycles, by number. */
  readonly #found: unknown[] = [];
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
  handle(message: Message): Answer | Promise<Answer> {
    const started = performance.now();
    const job = this.#begin(message.id);
    const answer = this.#findAll(message.unknown) ?? this.#work(message, job);
    if (!(answer instanceof Promise)) return this.#end(job, answer, started);
    return answer.then((refusal) => refusal ?? this.#work(message, job)).then((end) => this.#end(job, end, started));
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

  /** Gives nothing where there is nothing to find, a refusal where something is not found. */
  #findAll(unknown: readonly Numbered[]): Promise<End | undefined> | undefined {
    return unknown.length === 0 ? undefined : this.#find(unknown);
  }

  async #find(unknown: readonly Numbered[]): Promise<End | undefined> {
    try {
      for (const { number, reference } of unknown) this.#found[number] ??= kept(await findNode(reference));
      return undefined;
    } catch (error) {
      return refused(error);
    }
  }

  #work(message: Message, job: Job): Answer | Promise<Answer> {
    switch (message.kind) {
      case "find":
        return { kind: "completed", output: undefined };
      case "task":
        return performNode(this.#found[message.order.node] as NodeDefinition, message.order, job);
      case "batch": {
        const found = message.numbers.map((number) => this.#found[number]);
        const tell = (reports: Parameters<Parameters<typeof performBatch>[2]["tell"]>[0]): void =>
          this.#say({ kind: "reports", id: job.id, reports });
        return performBatch(message.order, found, { control: message.control, signal: job.signal, tell });
      }
    }
  }

  #end(job: Job, answer: Answer, started: number): Answer {
    job.over = true;
    this.#busy[0]! += performance.now() - started;
    if (!("kind" in answer) || answer.kind !== "completed") return answer;
    try {
      refuseAbove(this.#memoryLimit, answer.output, "an output");
      return answer;
    } catch (error) {
      return refused(error);
    }
  }
}

function kept(found: unknown): unknown {
  return (found as { kind?: unknown }).kind === "node" ? watched(found as NodeDefinition) : found;
}
