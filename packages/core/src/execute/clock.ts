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

/** Node's timers take no longer wait: it is waited for in parts. */
const LONGEST = 2 ** 31 - 1;

interface Timer {
  handle: NodeJS.Timeout | undefined;
}

function wait(timer: Timer, callback: () => void, milliseconds: number): void {
  const rest = milliseconds - LONGEST;
  const next = rest > 0 ? (): void => wait(timer, callback, rest) : callback;
  timer.handle = setTimeout(next, Math.min(milliseconds, LONGEST));
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  set: (callback, milliseconds) => {
    const timer: Timer = { handle: undefined };
    wait(timer, callback, milliseconds);
    return timer;
  },
  clear: (timer) => clearTimeout((timer as Timer | undefined)?.handle),
  turn: (callback) => void setImmediate(callback),
};
