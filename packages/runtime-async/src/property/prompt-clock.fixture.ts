import type { Clock } from "@polyloom/core/runtime";

/** A clock on which waits between attempts take no time, and longer ones (a grace period) never end. */
export function promptClock(): Clock {
  let now = 0;
  return {
    now: () => now++,
    set: (callback, milliseconds) => (milliseconds < 100 ? setImmediate(callback) : undefined),
    clear: (timer) => clearImmediate(timer as NodeJS.Immediate | undefined),
    turn: (callback) => void setImmediate(callback),
  };
}
