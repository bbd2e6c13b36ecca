import type { Clock } from "@polyloom/core/runtime";
import { TimerQueue, type VirtualTimer } from "./timer-queue.ts";

// Taken when this module loads, so that a test's fake timers do not stop them.
const { clearImmediate, clearTimeout, setImmediate, setTimeout } = globalThis;
const realNow = performance.now.bind(performance);

/** What real work may take before virtual time follows it, in real milliseconds; below, it takes no time. */
const PATIENCE_MS = 50;

const LONGEST_MS = 2 ** 31 - 1;

/**
 * Time that jumps: when nothing real is under way, the next timer fires at once. While something real is under way
 * time stands still; what takes longer than {@link PATIENCE_MS} is followed, so that a timeout still ends it.
 */
export class VirtualClock implements Clock {
  readonly #timers: TimerQueue = new TimerQueue();
  #now = 0;
  /** How much real work is under way. */
  #holds = 0;
  #heldSince = 0;
  /** Real milliseconds of work since virtual time last jumped. */
  #heldMs = 0;
  /** Virtual time of that jump. */
  #base = 0;
  #jump: NodeJS.Immediate | undefined;
  #follow: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Virtual milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Among timers of one moment, the lower `tie` fires first. */
  set(callback: () => void, milliseconds: number, tie = 0): VirtualTimer {
    const timer = this.#timers.add(this.#now + Math.max(0, milliseconds), tie, callback);
    this.#arm();
    return timer;
  }

  clear(timer: unknown): void {
    this.#timers.clear(timer as VirtualTimer);
  }

  /** A run that gave the event loop its turn has work to go on with: no time passes. */
  turn(callback: () => void): void {
    this.hold();
    setImmediate(() => {
      callback();
      this.release();
    });
  }

  /** Something real begins. */
  hold(): void {
    if (this.#holds++ === 0) this.#heldSince = realNow();
  }

  /** Something real is over. */
  release(): void {
    if (--this.#holds > 0) return;
    this.#heldMs += realNow() - this.#heldSince;
    this.#arm();
  }

  /** Lets time pass that somebody really spent, in milliseconds. */
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Forgets all timers, and leaves nothing behind in the event loop. */
  stop(): void {
    this.#stopped = true;
    if (this.#jump !== undefined) clearImmediate(this.#jump);
    if (this.#follow !== undefined) clearTimeout(this.#follow);
  }

  /** Has somebody look at the next timer: after all that is ready now, or when real work has taken as long. */
  #arm(): void {
    if (this.#stopped || this.#jump !== undefined || this.#timers.first === undefined) return;
    this.#jump = setImmediate(() => {
      this.#jump = undefined;
      if (this.#holds > 0) this.#armFollow();
      else this.#jumpAhead();
    });
  }

  #jumpAhead(): void {
    this.#fire();
    this.#base = this.#now;
    this.#heldMs = 0;
  }

  #armFollow(): void {
    const next = this.#timers.first;
    if (this.#stopped || next === undefined) return;
    if (this.#follow !== undefined) clearTimeout(this.#follow);
    const wait = Math.max(PATIENCE_MS, next.time - this.#base) - this.#worked();
    this.#follow = setTimeout(() => this.#followReal(), Math.min(Math.max(0, Math.ceil(wait)), LONGEST_MS));
  }

  #followReal(): void {
    this.#follow = undefined;
    const next = this.#timers.first;
    if (next === undefined) return;
    const worked = this.#worked();
    if (this.#holds > 0 && worked >= PATIENCE_MS && next.time - this.#base <= worked) this.#fire();
    this.#arm();
  }

  #worked(): number {
    return this.#heldMs + (this.#holds > 0 ? realNow() - this.#heldSince : 0);
  }

  #fire(): void {
    const next = this.#timers.first;
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.time);
    this.#timers.take()!();
    this.#arm();
  }
}
