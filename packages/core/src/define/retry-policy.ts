import { PolyloomError } from "@polyloom/wire";
import { requireNumber } from "./limit.ts";

/** How often and how patiently a failed attempt is repeated (E4). */
export interface RetryPolicy {
  /** Attempts in all, the first included; a whole number from 1. */
  readonly attempts: number;
  /** How the wait grows: `fixed`, `linear` (n × delay) or `exponential` (2ⁿ⁻¹ × delay). Default `exponential`. */
  readonly backoff?: "fixed" | "linear" | "exponential";
  /** Wait before the second attempt, in milliseconds. Default 100. */
  readonly delayMs?: number;
  /** Longest wait between two attempts, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number;
  /** Share of the wait that is added at random, from 0 to 1. Default 0. */
  readonly jitter?: number;
  /** Says which errors are worth another attempt. Default: all. */
  readonly retryOn?: (error: unknown, attempt: number) => boolean;
}

/**
 * Checks a policy.
 * @throws PolyloomError `invalid_option` that names the field.
 */
export function checkRetryPolicy(policy: RetryPolicy, owner: string): RetryPolicy {
  requireNumber(
    policy.attempts,
    `${owner}: retry.attempts`,
    (n) => Number.isInteger(n) && n >= 1,
    "a whole number from 1",
  );
  for (const field of ["delayMs", "maxDelayMs"] as const)
    if (policy[field] !== undefined)
      requireNumber(policy[field], `${owner}: retry.${field}`, (n) => n >= 0, "a finite number of milliseconds from 0");
  if (policy.jitter !== undefined)
    requireNumber(policy.jitter, `${owner}: retry.jitter`, (n) => n >= 0 && n <= 1, "a number from 0 to 1");
  if (policy.backoff !== undefined && !["fixed", "linear", "exponential"].includes(policy.backoff))
    throw new PolyloomError("invalid_option", `${owner}: retry.backoff has to be "fixed", "linear" or "exponential"`);
  if (policy.retryOn !== undefined && typeof policy.retryOn !== "function")
    throw new PolyloomError("invalid_option", `${owner}: retry.retryOn has to be a function`);
  return policy;
}
