import type { PolyloomError } from "@polyloom/wire";
import type { Activation } from "./activation.ts";
import type { Run } from "./run.ts";

/** Bodies of cycles whose time is over: what runs of them is aborted, and waited for until the grace period is over. */
export class Interruptions {
  readonly #run: Run;
  readonly #open: Set<Interruption> = new Set();

  /** One for each run. */
  constructor(run: Run) {
    this.#run = run;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes a body's units out of the queue and aborts what runs of it; `done` is called once, when nothing of it runs any more, unless the run stops first. */
  begin(steps: readonly number[], units: readonly number[], reason: PolyloomError, done: () => void): void {
    for (const unit of units) this.#run.queue.remove(unit);
    this.#run.slots.forget(units);
    const interruption = new Interruption(this.#run, new Set(steps), done);
    // A cycle inside this one that waits for the same need not go on by itself.
    for (const inner of this.#open) if (interruption.contains(inner)) this.#drop(inner);
    this.#open.add(interruption);
    interruption.begin(reason);
    this.check();
  }

  /** Ends those of which nothing runs any more. */
  check(): void {
    for (const each of this.#open) {
      if (!this.#run.stopping && each.isRunning()) continue;
      this.#drop(each);
      if (!this.#run.stopping) each.done();
    }
  }

  /** Lets go of every timer. */
  close(): void {
    for (const each of this.#open) this.#drop(each);
  }

  #drop(interruption: Interruption): void {
    this.#open.delete(interruption);
    interruption.close();
  }
}

class Interruption {
  readonly done: () => void;
  readonly #run: Run;
  readonly #steps: ReadonlySet<number>;
  #timer: unknown;

  constructor(run: Run, steps: ReadonlySet<number>, done: () => void) {
    this.#run = run;
    this.#steps = steps;
    this.done = done;
  }

  contains(other: Interruption): boolean {
    return other.#steps.isSubsetOf(this.#steps);
  }

  begin(reason: PolyloomError): void {
    this.#timer = this.#run.clock.set(() => {
      for (const activation of this.#running()) activation.abandon();
    }, this.#run.settings.graceMs);
    for (const [index, map] of this.#run.launcher.maps) if (this.#steps.has(index)) map.cancel(reason);
    for (const activation of this.#running()) activation.cancel(reason);
  }

  isRunning(): boolean {
    return this.#running().length > 0 || [...this.#run.launcher.maps.keys()].some((index) => this.#steps.has(index));
  }

  close(): void {
    this.#run.clock.clear(this.#timer);
  }

  #running(): Activation[] {
    return [...this.#run.active].filter(({ step }) => this.#steps.has(step.index));
  }
}
