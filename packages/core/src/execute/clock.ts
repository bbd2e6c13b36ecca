/** Time as a run sees it; tests put a virtual one in its place. */
export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls back after some milliseconds; gives what `clear` takes. */
  set(callback: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
  /** Calls back after the event loop had its turn. */
  turn(callback: () => void): void;
}

const LONGEST = 2 ** 31 - 1;

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  set: (callback, milliseconds) => setTimeout(callback, Math.min(milliseconds, LONGEST)),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  turn: (callback) => void setImmediate(callback),
};
