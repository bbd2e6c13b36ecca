import { PolyloomError } from "@polyloom/wire";
import { readPath } from "../define/read-path.ts";
import type { Step } from "../plan/plan.ts";
import { Activation, type ActivationOwner } from "./activation.ts";
import { caughtFailure, type Failure } from "./failure.ts";
import { chunkItems } from "./chunks.ts";
import type { Span } from "./node-book.ts";
import type { Run } from "./run.ts";

type Values = Record<string, unknown>;
type List = ArrayLike<unknown>;

/** A map within a run: its node once an item, chunk by chunk, each output as a list in item order (S9). */
export class MapRun implements ActivationOwner {
  readonly #run: Run;
  readonly #step: Step;
  readonly #close: () => void;
  readonly #iteration: number;
  readonly #startedAt: number;
  readonly #running: Set<Activation> = new Set();
  /** What is left of the chunk that a running item belongs to. */
  readonly #chunkOf: WeakMap<Activation, number[]> = new WeakMap();
  /** Chunks that began and wait for their next item. */
  readonly #paused: number[][] = [];
  #chunks: Iterator<number[]> | undefined;
  #next: number[] | undefined;
  #lists: Record<string, List> = {};
  #shared: Values = {};
  #outputs: Record<string, unknown[]> = {};
  #length = 0;
  #done = 0;
  #open = 0;
  #failure: Failure | undefined;
  #cancelled = false;
  #over = false;
  #grace: unknown;

  /** `close` takes it out of the run's books. */
  constructor(run: Run, step: Step, close: () => void) {
    this.#run = run;
    this.#step = step;
    this.#close = close;
    this.#iteration = run.scopes.iterationOf(step.scope);
    this.#startedAt = run.book.timed ? run.book.tick() : 0;
  }

  /** Checks the lists and what the items share, then hands out the first chunk. */
  start(raw: Values): void {
    const map = this.#step.map!;
    try {
      this.#lists = listsOf(raw, map.each, this.#step.id);
      this.#length = this.#lists[map.each[0]!]!.length;
      const shared = this.#run.values.check(this.#step.table, without(raw, map.each), this.#step, "input");
      if (shared instanceof Promise) this.#beginLater(shared);
      else this.#begin(shared);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Starts one item, if one may start. */
  next(): void {
    if (this.#cancelled || this.#failure !== undefined) return;
    const chunk = this.#paused.shift() ?? this.#takeChunk();
    if (chunk === undefined) return;
    const index = chunk.shift()!;
    let raw: Values | undefined;
    try {
      raw = this.#itemAt(index);
    } catch (error) {
      return this.#fail(error);
    }
    if (raw === undefined) return this.#itemOver(chunk);
    const activation = new Activation(this.#run, this.#step, this, this.#iteration, raw, {
      index,
      shared: this.#shared,
    });
    this.#running.add(activation);
    this.#chunkOf.set(activation, chunk);
    this.#wake();
    activation.begin();
  }

  /** No item starts any more, and those that run are aborted. */
  cancel(reason: PolyloomError): void {
    this.#cancelled = true;
    for (const activation of this.#running) activation.cancel(reason);
    this.#finishIfIdle();
  }

  completed(activation: Activation, values: Values): void {
    this.#running.delete(activation);
    for (const port in this.#outputs) this.#outputs[port]![activation.index!] = values[port];
    this.#itemOver(this.#chunkOf.get(activation)!, activation.index);
  }

  failed(activation: Activation, failure: Failure): void {
    this.#running.delete(activation);
    this.#giveUp(failure);
  }

  cancelled(activation: Activation): void {
    this.#running.delete(activation);
    this.#finishIfIdle();
  }

  #beginLater(shared: Promise<Values>): void {
    this.#run.promises.follow(shared, {
      isOver: () => this.#over,
      next: (values) => this.#guarded(() => this.#begin(values)),
      failed: (error) => this.#fail(error),
    });
  }

  #begin(shared: Values): void {
    this.#shared = shared;
    for (const { name } of this.#step.definition!.outputs.ports)
      this.#outputs[name] = new Array<undefined>(this.#length).fill(undefined);
    if (this.#length === 0) return this.#complete();
    const { chunkSize = 1, chunkBy } = this.#step.map!;
    this.#chunks = chunkItems(this.#length, chunkSize, chunkBy === undefined ? undefined : this.#keyReader(chunkBy));
    this.#wake();
  }

  #keyReader(chunkBy: string): (index: number) => unknown {
    const [port, ...path] = chunkBy.split(".");
    const list = this.#lists[port!]!;
    return (index) => readPath(list[index], path);
  }

  #itemAt(index: number): Values | undefined {
    const raw: Values = {};
    for (const { name, required } of this.#step.map!.table.ports) {
      const value = this.#lists[name]![index];
      if (value !== undefined) raw[name] = value;
      else if (required) return undefined;
    }
    return raw;
  }

  #takeChunk(): number[] | undefined {
    const chunk = this.#peek();
    if (chunk !== undefined && this.#open < (this.#step.map!.concurrency ?? Infinity)) {
      this.#next = undefined;
      this.#open++;
      return chunk;
    }
    return undefined;
  }

  #peek(): number[] | undefined {
    return (this.#next ??= this.#chunks?.next().value as number[] | undefined);
  }

  /** Asks to be called again while something could start. */
  #wake(): void {
    if (this.#cancelled || this.#failure !== undefined) return;
    const more = this.#open < (this.#step.map!.concurrency ?? Infinity) && this.#peek() !== undefined;
    if (this.#paused.length > 0 || more) this.#run.queue.push(this.#step.index);
  }

  #itemOver(chunk: number[], index?: number): void {
    this.#done++;
    this.#progress(index);
    if (chunk.length > 0) this.#paused.push(chunk);
    else this.#open--;
    if (this.#done === this.#length && this.#failure === undefined && !this.#cancelled) return this.#complete();
    this.#finishIfIdle();
    this.#wake();
  }

  /** A hundred reports a map at the most, unless each item is asked for. */
  #progress(index: number | undefined): void {
    const { events, settings } = this.#run;
    if (events === undefined || this.#cancelled) return;
    const [done, total] = [this.#done, this.#length];
    if (!settings.itemEvents && Math.floor((done * 100) / total) === Math.floor(((done - 1) * 100) / total)) return;
    const item = settings.itemEvents && index !== undefined ? { index } : {};
    events.emit({
      type: "node.progress",
      nodeId: this.#step.id,
      iteration: this.#iteration,
      done,
      total,
      message: undefined,
      ...item,
    });
  }

  #complete(): void {
    this.#over = true;
    this.#close();
    this.#run.nodeCompleted(this.#step, this.#outputs, this.#span(1));
  }

  #fail(error: unknown): void {
    const iteration = this.#iteration || undefined;
    this.#giveUp(caughtFailure(error, { nodeId: this.#step.id, iteration, attempt: 1 }));
  }

  /** The first failure is the map's; items that run are aborted, and none starts any more. */
  #giveUp(failure: Failure): void {
    if (this.#failure === undefined && !this.#cancelled) {
      this.#failure = failure;
      // A run that stops is told at once: nothing starts while the other items are waited for (E3).
      if (this.#run.settings.onFailure === "stop") this.#run.fail(failure, this.#step.scope);
      else this.#stopItems();
    }
    this.#finishIfIdle();
  }

  #stopItems(): void {
    const reason = new PolyloomError("cancelled", `another item of map "${this.#step.id}" failed`);
    for (const other of this.#running) other.cancel(reason);
    if (this.#running.size > 0) this.#grace = this.#run.clock.set(() => this.#abandon(), this.#run.settings.graceMs);
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(error);
    }
  }

  #abandon(): void {
    for (const activation of this.#running) activation.abandon();
    this.#run.pump();
  }

  #finishIfIdle(): void {
    if (this.#over || this.#running.size > 0 || (this.#failure === undefined && !this.#cancelled)) return;
    this.#over = true;
    if (this.#grace !== undefined) this.#run.clock.clear(this.#grace);
    this.#close();
    if (this.#failure === undefined) return this.#run.nodeCancelled(this.#step, this.#span(1));
    const isTold = this.#run.settings.onFailure === "stop";
    this.#run.nodeFailed(this.#step, this.#failure, this.#span(this.#failure.attempt ?? 1), isTold);
  }

  #span(attempts: number): Span {
    return { startedAt: this.#startedAt, iteration: this.#iteration, attempts };
  }
}

function listsOf(raw: Values, each: readonly string[], id: string): Record<string, List> {
  const lists: Record<string, List> = {};
  for (const port of each) {
    const list = raw[port];
    if (!Array.isArray(list) && !(ArrayBuffer.isView(list) && !(list instanceof DataView)))
      throw new PolyloomError(
        "map_input_invalid",
        `map "${id}" needs a list at "${port}"; it got ${list === null ? "null" : typeof list}`,
        { details: { port } },
      );
    lists[port] = list as unknown as List;
  }
  const lengths = each.map((port) => lists[port]!.length);
  if (new Set(lengths).size <= 1) return lists;
  const told = each.map((port, i) => `${port} has ${lengths[i]}`).join(", ");
  throw new PolyloomError("map_lengths_differ", `map "${id}" needs lists of equal length: ${told}`, {
    details: { lengths },
  });
}

function without(raw: Values, each: readonly string[]): Values {
  return Object.fromEntries(Object.entries(raw).filter(([port]) => !each.includes(port)));
}
