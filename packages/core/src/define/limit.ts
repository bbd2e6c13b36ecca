import { PolyloomError } from "@polyloom/wire";
import { show } from "./show.ts";

/**
 * Checks a count: a whole number from 1.
 * @throws PolyloomError `invalid_option` that names the option and what was given.
 */
export function checkCount(value: number, owner: string): number {
  return requireNumber(value, owner, (n) => Number.isInteger(n) && n >= 1, "a whole number from 1");
}

/**
 * Checks an option that is a number.
 * @throws PolyloomError `invalid_option` that names the option and what was given.
 */
export function requireNumber(value: unknown, owner: string, holds: (n: number) => boolean, expected: string): number {
  if (typeof value === "number" && Number.isFinite(value) && holds(value)) return value;
  throw new PolyloomError("invalid_option", `${owner} has to be ${expected}, not ${show(value)}`, {
    details: { option: owner, expected },
  });
}
