import type { Step } from "../plan/plan.ts";
import { Activation } from "./activation.ts";
import { caughtFailure } from "./failure.ts";
import { resolve } from "./inputs.ts";
import { MapRun } from "./map-run.ts";
import type { Run } from "./run.ts";

type Values = Record<string, unknown>;

/** Starts steps whose inputs are settled: as a node, as a map, as a relay, or not at all. */
export class Launcher {
  readonly #run: Run;
  readonly #maps: Map<number, MapRun> = new Map();
  /** Steps that were said to have started, and did not. */
  readonly #told: Set<number> = new Set();

  /** One for each run. */
  constructor(run: Run) {
    this.#run = run;
  }

  /** Maps that are open, by step. */
  get maps(): ReadonlyMap<number, MapRun> {
    return this.#maps;
  }

  /** Starts a step, or the next item of a map that is open. */
  launch(step: Step): void {
    if (this.#maps.size > 0 && this.#maps.has(step.index)) return this.#maps.get(step.index)!.next();
    let raw: Values | undefined;
    try {
      raw = this.#isGated(step) ? undefined : this.#bind(step);
    } catch (error) {
      return this.#failed(step, error);
    }
    const moved = this.#run.moves?.take(step.index, this.#given(step));
    if (step.kind === "relay") return this.#relay(step, raw);
    if (raw === undefined) return this.#run.skip(step);
    const iteration = this.#run.scopes.iterationOf(step.scope);
    this.started(step, iteration);
    // Whoever saw it start may have stopped the run.
    if (this.#run.stopping) this.#run.nodeCancelled(step, { startedAt: this.#run.book.tick(), iteration, attempts: 0 });
    else if (step.kind === "map") this.#openMap(step, raw);
    else new Activation(this.#run, step, this.#run, iteration, raw, { moved }).begin();
  }

  /** Tells that a step has started, unless it was told before and nothing came of it. */
  started(step: Step, iteration: number): void {
    if (this.#told.size > 0 && this.#told.delete(step.index)) return;
    this.#run.book.started(step, iteration);
  }

  /** A step was said to have started, and has to be started once more. */
  startsAgain(step: number): void {
    this.#told.add(step);
  }

  /** Whether a step outside of cycles has all that it needs. */
  binds(step: Step): boolean {
    try {
      return !this.#isGated(step) && this.#bind(step) !== undefined;
    } catch {
      return false;
    }
  }

  #openMap(step: Step, raw: Values): void {
    const map = new MapRun(this.#run, step, () => this.#closeMap(step.index));
    this.#maps.set(step.index, map);
    map.start(raw);
  }

  #closeMap(index: number): void {
    this.#maps.delete(index);
    this.#run.queue.remove(index);
  }

  #isGated({ gates }: Step): boolean {
    if (gates.length === 0) return false;
    return gates.some((gate) => this.#run.state.outputs[gate] === undefined);
  }

  /** The inputs of a step as they come (S6); `undefined` when a required one is dead (S3). */
  #bind(step: Step): Values | undefined {
    const raw: Values = {};
    // Every port is looked at, whatever is dead: feedback has to know what each of them had (C12).
    let isDead = false;
    const given = this.#given(step);
    for (let i = 0; i < step.inputs.length; i++) {
      const { port, connection, literal, slots } = step.inputs[i]!;
      let value = slots.length > 0 ? this.#run.feedback.read(slots) : undefined;
      if (value === undefined)
        if (given !== undefined && Object.hasOwn(given, port.name)) value = given[port.name];
        else if (connection !== undefined) value = resolve(connection, this.#run.state.outputs);
      if (value === undefined) value = literal?.value;
      if (slots.length > 0) this.#run.feedback.note(slots, value);
      if (value !== undefined) raw[port.name] = value;
      else if (port.required) isDead = true;
    }
    return isDead ? undefined : raw;
  }

  #given(step: Step): Values | undefined {
    return this.#run.settings.parameters?.get(step.index);
  }

  #relay(step: Step, raw: Values | undefined): void {
    if (raw === undefined) return this.#relayed(step, undefined);
    try {
      const values = this.#run.values.check(step.table, raw, step, "input");
      if (values instanceof Promise) this.#relayLater(step, values);
      else this.#relayed(step, values);
    } catch (error) {
      this.#failed(step, error);
    }
  }

  #relayLater(step: Step, values: PromiseLike<Values>): void {
    const run = this.#run;
    const cycle = run.cycles[step.scope];
    const epoch = cycle?.epoch;
    run.promises.follow(values, {
      isOver: () => run.stopping || cycle?.epoch !== epoch,
      next: (each) => this.#relayed(step, each),
      failed: (error) => this.#failed(step, error),
    });
  }

  #relayed(step: Step, values: Values | undefined): void {
    this.#run.book.relayed(step, values);
    this.#run.settle(step.index, step.scope);
  }

  /** A value could not be read, or did not pass: the step that wanted it fails. */
  #failed(step: Step, error: unknown): void {
    const iteration = this.#run.scopes.iterationOf(step.scope);
    this.#run.book.started(step, iteration);
    const failure = caughtFailure(error, { nodeId: step.id, iteration: iteration || undefined, attempt: 1 });
    this.#run.nodeFailed(step, failure, { startedAt: this.#run.book.tick(), iteration, attempts: 1 });
  }
}
