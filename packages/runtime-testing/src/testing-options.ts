import { PolyloomError } from "@polyloom/core";
import type { RuntimeOptions } from "@polyloom/core/runtime";

/** Options of a TestingRuntime, beside those of every runtime. */
export interface TestingRuntimeOptions extends RuntimeOptions {
  /** Most tasks at once; 1 is sequential. Default Infinity: nothing waits for a slot. */
  readonly maxConcurrency?: number;
  /** Whether a node without a response fails, instead of running for real. Default false. */
  readonly strict?: boolean;
  /** Any whole number; shuffles mocks that end at one moment, and the jitter of retries. Default: unshuffled. */
  readonly seed?: number;
  /** How many calls of a node in a cycle are kept for `getNodeCalls`, the newest. Default 100. */
  readonly callWindow?: number;
}

/** The names of the options that a TestingRuntime adds. */
export const OWN_OPTIONS: readonly string[] = ["maxConcurrency", "strict", "seed", "callWindow"];

/**
 * Checks the options that a TestingRuntime adds.
 * @throws PolyloomError `invalid_option`
 */
export function checkOwnOptions({ maxConcurrency, strict, seed, callWindow }: TestingRuntimeOptions): void {
  requireCount("maxConcurrency", maxConcurrency);
  requireCount("callWindow", callWindow);
  if (strict !== undefined && typeof strict !== "boolean") refuseOption("strict", "true or false", strict);
  if (seed !== undefined && !Number.isSafeInteger(seed)) refuseOption("seed", "a whole number", seed);
}

function requireCount(option: string, value: number | undefined): void {
  if (value === undefined || value === Infinity || (Number.isInteger(value) && value >= 1)) return;
  refuseOption(option, "a whole number from 1, or Infinity", value);
}

function refuseOption(option: string, expected: string, found: unknown): never {
  throw new PolyloomError("invalid_option", `${option} has to be ${expected}, not ${String(found)}`, {
    details: { option, expected },
  });
}
