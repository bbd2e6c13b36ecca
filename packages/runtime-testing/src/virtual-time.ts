import type { Clock } from "@polyloom/core/runtime";
import { VirtualClock } from "./virtual-clock.ts";

/** The virtual clock that the runs of one runtime share while they overlap; a run that is alone starts at 0. */
export class VirtualTime {
  #clock: VirtualClock = new VirtualClock();
  #open = 0;
  #makespanMs = 0;

  get clock(): VirtualClock {
    return this.#clock;
  }

  /** Virtual milliseconds of the run that ended last. */
  get makespanMs(): number {
    return this.#makespanMs;
  }

  /** Whether no run is under way. */
  get idle(): boolean {
    return this.#open === 0;
  }

  /** A run begins. */
  enter(): void {
    if (this.#open++ === 0) this.#clock = new VirtualClock();
  }

  /** A run that began at `startMs` of `clock` is over; after the last one nothing is left in the event loop. */
  leave(clock: Clock, startMs: number): void {
    this.#makespanMs = clock.now() - startMs;
    if (--this.#open === 0) this.#clock.stop();
  }
}
