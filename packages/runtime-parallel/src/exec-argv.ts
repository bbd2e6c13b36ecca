import { Worker } from "node:worker_threads";
import { PolyloomError } from "@polyloom/wire";

/** Flags that say how modules load, each with a value: after `=`, or as the next argument. */
const LOADING = /^(--import|--require|-r|--conditions|-C|--(?:experimental-)?loader)(=|$)/;

/**
 * The flags of a worker: its own, and those of this process that say how modules load. A worker with flags of its own
 * inherits none, and refuses those that V8 or the whole process has.
 */
export function workerFlags(own: readonly string[], inherited: readonly string[] = process.execArgv): string[] {
  const kept: string[] = [];
  for (let at = 0; at < inherited.length; at++) {
    const flag = inherited[at]!;
    const [, , separator] = LOADING.exec(flag) ?? [];
    if (separator === "=") kept.push(flag);
    else if (separator === "" && at + 1 < inherited.length) kept.push(flag, inherited[++at]!);
  }
  return [...kept, ...own];
}

/**
 * Refuses flags that no worker can have, which is known as soon as one is made; piscina would lose the first message.
 * @throws PolyloomError `invalid_option` that names them
 */
export async function checkFlags(execArgv: readonly string[]): Promise<void> {
  try {
    await new Worker("", { eval: true, execArgv: [...execArgv] }).terminate();
  } catch (cause) {
    throw new PolyloomError("invalid_option", `runtime: execArgv: ${(cause as Error).message}`, {
      cause,
      details: { option: "execArgv" },
    });
  }
}
