import type { Clock } from "./clock.ts";

interface Timer {
  readonly time: number;
  readonly callback: () => void;
}

/** Time that only moves when it is told to; turns of the event loop are real. */
export class ManualClock implements Clock {
  readonly #timers: Set<Timer> = new Set();
  #now = 0;

  now(): number {
    return this.#now;
  }

  set(callback: () => void, milliseconds: number): Timer {
    const timer = { time: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return timer;
  }

  clear(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  turn(callback: () => void): void {
    setImmediate(callback);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until each timer, ascending. */
  get waits(): number[] {
    return [...this.#timers].map(({ time }) => time - this.#now).sort((a, b) => a - b);
  }

  /** Lets time pass for code that looks at the clock and gives no turn. */
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets what is under way settle, moves on, fires what is due in order of time, and lets that settle. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#now + milliseconds;
    await settled();
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.time);
      next.callback();
      await settled();
    }
    this.#now = Math.max(this.#now, target);
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.time <= until && (first === undefined || timer.time < first.time)) first = timer;
    return first;
  }
}

/** Waits until promises that can settle without time or the outside world have done so. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
