import type { PolyloomError } from "@polyloom/wire";
import type { Activation } from "./activation.ts";
import type { Run } from "./run.ts";

/** What runs of a cycle's body is aborted, and waited for until the grace period is over. */
export class Interruption {
  readonly #run: Run;
  readonly #steps: ReadonlySet<number>;
  readonly #done: () => void;
  #timer: unknown;

  /** `done` is called once, when nothing of `steps` runs any more. */
  constructor(run: Run, steps: ReadonlySet<number>, done: () => void) {
    this.#run = run;
    this.#steps = steps;
    this.#done = done;
  }

  /** Aborts what runs. */
  begin(reason: PolyloomError): void {
    this.#timer = this.#run.clock.set(() => {
      for (const activation of this.#running()) activation.abandon();
    }, this.#run.settings.graceMs);
    for (const [index, map] of this.#run.launcher.maps) if (this.#steps.has(index)) map.cancel(reason);
    for (const activation of this.#running()) activation.cancel(reason);
  }

  /** Whether nothing of it runs any more; it is then over. */
  settled(): boolean {
    const open =
      this.#running().length > 0 || [...this.#run.launcher.maps.keys()].some((index) => this.#steps.has(index));
    if (open) return false;
    this.close();
    this.#done();
    return true;
  }

  /** Lets go of the timer. */
  close(): void {
    this.#run.clock.clear(this.#timer);
  }

  #running(): Activation[] {
    return [...this.#run.active].filter(({ step }) => this.#steps.has(step.index));
  }
}
