import type { Clock } from "@polyloom/core/runtime";
import { byTime, TimerQueue, type VirtualTimer } from "./timer-queue.ts";

// Taken when this module loads, so that a test's fake timers do not stop them.
const { clearImmediate, clearTimeout, setImmediate, setTimeout } = globalThis;
const realNow = performance.now.bind(performance);

/** What real work may take before mocks overtake it, in real milliseconds: more than a machine's hiccups. */
const PATIENCE_MS = 50;

const LONGEST_MS = 2 ** 31 - 1;

/**
 * Time that jumps: when nothing real is under way, the next timer fires at once. While something real is under way,
 * time stands still; but a timeout that real work outlasts fires, with all that ends before it, and after
 * {@link PATIENCE_MS} the latencies of mocks pass like real time.
 */
export class VirtualClock implements Clock {
  /** Timeouts, grace periods and waits between attempts. */
  readonly #limits: TimerQueue = new TimerQueue();
  readonly #latencies: TimerQueue = new TimerQueue();
  #sequence = 0;
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

  set(callback: () => void, milliseconds: number): VirtualTimer {
    return this.#add(this.#limits, callback, milliseconds, 0);
  }

  /** Calls back when a mock's latency is over; of those that end at one moment, the lower `tie` comes first. */
  setLatency(callback: () => void, milliseconds: number, tie: number): VirtualTimer {
    return this.#add(this.#latencies, callback, milliseconds, tie);
  }

  clear(timer: unknown): void {
    this.#limits.clear(timer as VirtualTimer);
  }

  clearLatency(timer: VirtualTimer): void {
    this.#latencies.clear(timer);
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

  get #next(): VirtualTimer | undefined {
    const [limit, latency] = [this.#limits.first, this.#latencies.first];
    if (limit === undefined || latency === undefined) return limit ?? latency;
    return byTime(limit, latency) < 0 ? limit : latency;
  }

  #add(queue: TimerQueue, callback: () => void, milliseconds: number, tie: number): VirtualTimer {
    const timer = { time: this.#now + Math.max(0, milliseconds), tie, sequence: this.#sequence++, callback };
    queue.add(timer);
    this.#arm();
    return timer;
  }

  /** Has somebody look at the next timer: after all that is ready now, or when real work has taken as long. */
  #arm(): void {
    if (this.#stopped || this.#jump !== undefined || this.#next === undefined) return;
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
    if (this.#follow !== undefined) clearTimeout(this.#follow);
    const wait = this.#dueAfter() - this.#worked();
    if (this.#stopped || wait === Infinity) return;
    this.#follow = setTimeout(() => this.#followReal(), Math.min(Math.max(0, Math.ceil(wait)), LONGEST_MS));
  }

  #followReal(): void {
    this.#follow = undefined;
    if (this.#holds > 0 && this.#dueAfter() <= this.#worked()) this.#fire();
    this.#arm();
  }

  /** How much real work, in milliseconds, makes a timer fire. */
  #dueAfter(): number {
    const limit = (this.#limits.first?.time ?? Infinity) - this.#base;
    const any = Math.max(PATIENCE_MS, (this.#next?.time ?? Infinity) - this.#base);
    return Math.min(limit, any);
  }

  #worked(): number {
    return this.#heldMs + (this.#holds > 0 ? realNow() - this.#heldSince : 0);
  }

  #fire(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.time);
    const queue = next === this.#limits.first ? this.#limits : this.#latencies;
    queue.take()!();
    this.#arm();
  }
}
