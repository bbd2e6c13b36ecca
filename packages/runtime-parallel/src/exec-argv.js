/** Flags that say how modules load, each with a value: after `=`, or as the next argument. */
const LOADING = /^(--import|--require|-r|--conditions|-C|--(?:experimental-)?loader)(=|$)/;
/**
 * The flags of a worker: its own, and those of this process that say how modules load. A worker with flags of its own
 * inherits none, and refuses those that V8 or the whole process has.
 */
export function workerFlags(own, inherited = process.execArgv) {
  const kept = [];
  for (let at = 0; at < inherited.length; at++) {
    const flag = inherited[at];
    const [, , separator] = LOADING.exec(flag) ?? [];
    if (separator === "=") kept.push(flag);
    else if (separator === "" && at + 1 < inherited.length) kept.push(flag, inherited[++at]);
  }
  return [...kept, ...own];
}
