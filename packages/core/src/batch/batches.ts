import type { Run } from "../execute/run.ts";
import type { BatchPlace } from "./batch.ts";
import { BatchRun } from "./batch-run.ts";
import type { Step } from "../plan/plan.ts";
import { Courses } from "./courses.ts";
import { fusibleUnits, isFusibleNode } from "./fusible.ts";
import type { Items } from "./items-order.ts";
import { type ItemsOwner, ItemsRun } from "./items-run.ts";
import { partOf } from "./part-cache.ts";
import type { CutPart } from "./plan-part.ts";
import { BatchSize } from "./size.ts";
import { strandFrom } from "./strand.ts";

/** Chunks of a map for each worker: few messages, and the last ones not long. */
const CHUNKS = 4;

/** A cycle gives way to another that has so many milliseconds more left. */
const WORTH_A_CHANGE_MS = 20;

/** A batch that is under way. */
export interface OpenBatch {
  /** How much of it another place could take. */
  readonly left: number;
  /** Starts half of that anew; says whether there was something. */
  takeBack(): boolean;
  cancel(): void;
  /** Ends it without waiting any longer. */
  abandon(): void;
}

/** The batches of a run: what is fused, where it is, and what idle places take back. */
export class Batches {
  readonly place: BatchPlace;
  readonly courses: Courses;
  readonly #run: Run;
  readonly #fusible: Uint8Array;
  /** Units that are in a batch: the run does not start them. */
  readonly #away: Uint8Array;
  readonly #open: Set<OpenBatch> = new Set();
  readonly #size: BatchSize = new BatchSize();

  /** One for each run. */
  constructor(run: Run, place: BatchPlace) {
    this.place = place;
    this.courses = new Courses(run.plan);
    this.#run = run;
    this.#fusible = fusibleUnits(run.plan, run.settings);
    this.#away = new Uint8Array(this.#fusible.length);
  }

  /** Whether no batch is under way. */
  get idle(): boolean {
    return this.#open.size === 0;
  }

  /** Whether a unit is in a batch. */
  holds(unit: number): boolean {
    return this.#away[unit] === 1;
  }

  /** Starts a ready unit in a batch, with others that are ready; says no where it cannot be fused. */
  start(unit: number): boolean {
    if (!this.#isFusible(unit)) return false;
    const strands = [this.#strand(unit)];
    const idle = this.place.workers - this.#run.slots.running;
    const most = this.#isAlone(unit) ? 1 : this.#size.next(this.#run.queue.size + 1, idle);
    while (strands.length < most) {
      const next = this.#run.queue.popIf((each) => this.#isFusible(each) && !this.#isAlone(each));
      if (next === undefined) break;
      strands.push(this.#strand(next));
    }
    this.#deal(strands, idle);
    return true;
  }

  /** Deals strands out to idle places in turn, so that those which were added earliest are begun first (S2). */
  #deal(strands: number[][], idle: number): void {
    const batches = Array.from({ length: Math.min(idle, strands.length) }, (): number[][] => []);
    strands.forEach((strand, at) => batches[at % batches.length]!.push(strand));
    for (const batch of batches) if (!this.#run.stopping) this.#send(batch);
  }

  /** An idle place takes up a cycle that waits, or half of what another one has not begun; says whether there was something. */
  takeUp(): boolean {
    const { stopping, slots, queue } = this.#run;
    if (stopping || !slots.free || queue.size > 0) return false;
    const cycle = this.courses.takeLongest();
    if (cycle !== undefined) {
      this.#send([[cycle]]);
      return true;
    }
    let fullest: OpenBatch | undefined;
    for (const each of this.#open) if (each.left > (fullest?.left ?? 0)) fullest = each;
    return fullest?.takeBack() === true;
  }

  /** Whether the place of a cycle is wanted for something else. */
  wants(unit: number): boolean {
    const { slots, queue } = this.#run;
    if (this.courses.isBetterApart(unit, this.place.workers)) return true;
    return !slots.free && (queue.size > 0 || this.courses.isOutlasted(unit, WORTH_A_CHANGE_MS));
  }

  /** A cycle goes on here, and its nodes go to places one by one. */
  takeApart(unit: number): void {
    this.#fusible[unit] = 0;
    this.courses.end(unit);
    this.restart([[unit]]);
  }

  cancel(): void {
    for (const batch of this.#open) batch.cancel();
  }

  abandon(): void {
    for (const batch of this.#open) batch.abandon();
  }

  /** Whether items of a map go in batches: not where each is to be told by itself. */
  fusesItems({ kind, definition, scope }: Step): boolean {
    return (
      kind === "map" && scope < 0 && isFusibleNode(definition, this.#run.settings) && !this.#run.settings.itemEvents
    );
  }

  /** How many items of a map go in one batch, where it does not say. */
  chunkSize(items: number): number {
    return this.place.chunkSize ?? Math.ceil(items / (CHUNKS * this.place.workers));
  }

  /** Sends items of a map; `undefined` where one of them cannot cross. */
  sendItems(step: Step, items: Items, owner: ItemsOwner): ItemsRun | undefined {
    try {
      const batch = new ItemsRun(this.#run, this, step, items, owner);
      batch.start();
      return batch;
    } catch {
      return undefined;
    }
  }

  opened(batch: OpenBatch): void {
    this.#open.add(batch);
  }

  ended(batch: OpenBatch): void {
    this.#open.delete(batch);
  }

  /** What no place began is ready again. */
  restart(strands: readonly (readonly number[])[]): void {
    for (const strand of strands) {
      for (const unit of strand) {
        this.#away[unit] = 0;
        this.#run.moves?.giveBack(unit);
      }
      this.#run.queue.push(strand[0]!);
    }
  }

  /** No place takes them in a batch. */
  refused(strands: readonly (readonly number[])[]): void {
    for (const [root] of strands) this.#fusible[root!] = 0;
  }

  /** Nodes that wait are better run alone: a place would stand still meanwhile. */
  learn(strands: number, milliseconds: number, waited: readonly number[]): void {
    for (const step of waited) this.#fusible[step] = 0;
    this.#size.took(strands, milliseconds);
  }

  /** It is settled: the run has it again. */
  settled(unit: number): void {
    this.#away[unit] = 0;
  }

  #isFusible(unit: number): boolean {
    return this.#fusible[unit] === 1 && this.#isOpen(unit);
  }

  #isOpen(unit: number): boolean {
    const { plan, state } = this.#run;
    const steps = this.#isCycle(unit) ? plan.cycles[unit - plan.steps.length]!.steps : [unit];
    return steps.every((step) => plan.steps[step]!.gates.every((gate) => state.outputs[gate] !== undefined));
  }

  /** Cycles are long, and what is moved to one place cannot be taken back by another. */
  #isAlone(unit: number): boolean {
    return this.#isCycle(unit) || this.#run.moves?.concern(unit) === true;
  }

  #isCycle(unit: number): boolean {
    return unit >= this.#run.plan.steps.length;
  }

  #strand(root: number): number[] {
    return strandFrom(root, this.#run.plan, {
      isFusible: (unit) => this.#isFusible(unit),
      pendingOf: (unit) => this.#run.dependencies.of(unit),
    });
  }

  /** What cannot cross is not sent: node by node it is told which value it is. */
  #send(strands: number[][]): void {
    const cut = this.#cut(strands);
    if (cut === undefined) {
      this.refused(strands);
      for (const [root] of strands) this.#run.queue.push(root!);
      return;
    }
    for (const unit of strands.flat()) {
      this.#away[unit] = 1;
      this.#run.moves?.take(unit, this.#run.settings.parameters?.get(unit));
    }
    const batch = new BatchRun(this.#run, this, strands, cut, this.courses.checkpointOf(strands[0]![0]!));
    this.opened(batch);
    batch.start();
  }

  #cut(strands: number[][]): CutPart | undefined {
    const { plan, state, settings } = this.#run;
    const sent = new Set(strands.flat());
    const isUrgent = (unit: number): boolean => {
      const { start, targets } = plan.next;
      for (let edge = start[unit]!; edge < start[unit + 1]!; edge++)
        if (!sent.has(targets[edge]!) && this.#run.dependencies.of(targets[edge]!) === 1) return true;
      return false;
    };
    try {
      return partOf(plan, strands, {
        outputs: state.outputs,
        parameters: settings.parameters,
        moves: this.#run.moves,
        isUrgent,
      });
    } catch {
      return undefined;
    }
  }
}
