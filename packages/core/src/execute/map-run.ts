import { PolyloomError } from "@polyloom/wire";
import type { Step } from "../plan/plan.ts";
import type { ItemsOwner, ItemsRun } from "../batch/items-run.ts";
import { Activation, type ActivationOwner } from "./activation.ts";
import { caughtFailure, type Failure } from "./failure.ts";
import { chunkItems } from "./chunks.ts";
import type { Span } from "./node-book.ts";
import { itemAt, keyReader, type Lists, listsOf, without } from "./map-lists.ts";
import type { Run } from "./run.ts";

type Values = Record<string, unknown>;

/** A map within a run: its node once an item, chunk by chunk, each output as a list in item order (S9). */
export class MapRun implements ActivationOwner, ItemsOwner {
  readonly #run: Run;
  readonly #step: Step;
  readonly #close: () => void;
  readonly #iteration: number;
  readonly #startedAt: number;
  /** Items that run, each with its place in the lists and what is left of its chunk. */
  readonly #running: Map<Activation, { readonly at: number; readonly chunk: number[] }> = new Map();
  /** Chunks that run elsewhere. */
  readonly #sent: Set<ItemsRun> = new Set();
  /** Chunks that began and wait for their next item. */
  readonly #paused: number[][] = [];
  #chunks: Iterator<number[]> | undefined;
  #next: number[] | undefined;
  #lists: Lists = {};
  #shared: Values = {};
  #outputs: Record<string, unknown[]> = {};
  #length = 0;
  #done = 0;
  #percent = 0;
  #open = 0;
  #failure: Failure | undefined;
  #cancelled = false;
  /** Whether whole chunks go elsewhere. */
  #fused = false;
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
      const others = without(raw, map.each);
      if (map.indices !== undefined) return this.#begin(others);
      const shared = this.#run.values.check(this.#step.table, others, this.#step, "input");
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
    if (this.#fused) return this.#send(chunk);
    const at = chunk.shift()!;
    if (this.#run.settings.admitItem?.(at) === false) return this.#itemOver(chunk);
    let raw: Values | undefined;
    try {
      raw = itemAt(this.#lists, this.#step.map!.table, at);
    } catch (error) {
      return this.#fail(error);
    }
    if (raw === undefined) return this.#itemOver(chunk);
    const index = this.#step.map!.indices?.[at] ?? at;
    const activation = new Activation(this.#run, this.#step, this, this.#iteration, raw, {
      index,
      shared: this.#shared,
    });
    this.#running.set(activation, { at, chunk });
    this.#wake();
    activation.begin();
  }

  /** No item starts any more, and those that run are aborted. */
  cancel(reason: PolyloomError): void {
    this.#cancelled = true;
    this.#cancelItems(reason);
    this.#finishIfIdle();
  }

  completed(activation: Activation, values: Values): void {
    const { at, chunk } = this.#running.get(activation)!;
    this.#running.delete(activation);
    for (const port in this.#outputs) this.#outputs[port]![at] = values[port];
    this.#itemOver(chunk, activation.index);
  }

  failed(activation: Activation, failure: Failure): void {
    this.#running.delete(activation);
    this.#giveUp(failure);
  }

  cancelled(activation: Activation): void {
    this.#running.delete(activation);
    this.#finishIfIdle();
  }

  itemsCompleted(sent: ItemsRun, items: readonly number[], outputs: Lists): void {
    this.#sent.delete(sent);
    for (const port in this.#outputs)
      for (let i = 0; i < items.length; i++) this.#outputs[port]![items[i]!] = outputs[port]![i];
    this.#done += items.length - 1;
    this.#itemOver([]);
  }

  itemsFailed(sent: ItemsRun, failure: Failure | undefined): void {
    this.#sent.delete(sent);
    if (failure === undefined) this.#finishIfIdle();
    else this.#giveUp(failure);
  }

  itemsRefused(sent: ItemsRun, items: number[]): void {
    this.#sent.delete(sent);
    this.#unfuse(items);
  }

  itemsReturned(items: number[]): void {
    this.#open++;
    this.#paused.push(items);
    this.#wake();
  }

  /** What cannot cross is not sent: item by item it is told which value it is. */
  #send(chunk: number[]): void {
    const divisible = this.#step.map!.chunkSize === undefined && this.#step.map!.chunkBy === undefined;
    const pick = ([port, list]: [string, ArrayLike<unknown>]): [string, unknown[]] => [
      port,
      chunk.map((at) => list[at]),
    ];
    const lists = Object.fromEntries(Object.entries(this.#lists).map(pick));
    const items = { indices: chunk, lists, shared: this.#shared, divisible };
    const sent = this.#run.batches!.sendItems(this.#step, items, this);
    if (sent !== undefined) this.#sent.add(sent);
    else this.#unfuse(chunk);
    this.#wake();
  }

  #unfuse(items: number[]): void {
    this.#fused = false;
    this.#paused.push(items);
    this.#wake();
  }

  #cancelItems(reason: PolyloomError): void {
    for (const activation of this.#running.keys()) activation.cancel(reason);
    for (const chunk of this.#sent) chunk.cancel();
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
    this.#fused = this.#run.batches?.fusesItems(this.#step) === true;
    const byDefault = this.#fused ? this.#run.batches!.chunkSize(this.#length) : 1;
    const { chunkSize = byDefault, chunkBy } = this.#step.map!;
    this.#chunks = chunkItems(
      this.#length,
      chunkSize,
      chunkBy === undefined ? undefined : keyReader(this.#lists, chunkBy),
    );
    this.#wake();
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
    const percent = Math.floor((done * 100) / total);
    if (!settings.itemEvents && percent === this.#percent) return;
    this.#percent = percent;
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
    this.#cancelItems(reason);
    if (this.#running.size + this.#sent.size > 0)
      this.#grace = this.#run.clock.set(() => this.#abandon(), this.#run.settings.graceMs);
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(error);
    }
  }

  #abandon(): void {
    for (const activation of this.#running.keys()) activation.abandon();
    for (const chunk of this.#sent) chunk.abandon();
    this.#run.pump();
  }

  #finishIfIdle(): void {
    if (this.#over || this.#running.size + this.#sent.size > 0 || (this.#failure === undefined && !this.#cancelled))
      return;
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
