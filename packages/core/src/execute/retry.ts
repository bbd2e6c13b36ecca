import { requireBoolean } from "../define/boolean.ts";
import type { RetryPolicy } from "../define/retry-policy.ts";
import type { Failure } from "./failure.ts";

/** Never repeated: another attempt would fail the same way, or is not wanted any more (E4). */
const FINAL = new Set([
  "connection_invalid",
  "cancelled",
  "run_timeout",
  "portable_mutation",
  "not_transferable",
  "size_limit_exceeded",
  "node_not_portable",
  "response_missing",
  "replay_mismatch",
]);

/** Milliseconds until the next attempt, or `undefined` when there is none. */
export function retryDelay(
  policy: RetryPolicy | undefined,
  failure: Failure,
  attempt: number,
  random: () => number,
): number | undefined {
  if (policy === undefined || attempt >= policy.attempts || FINAL.has(failure.code)) return undefined;
  if (policy.retryOn !== undefined && !requireBoolean(policy.retryOn(failure.cause, attempt), "retryOn"))
    return undefined;
  const { backoff = "exponential", delayMs = 100, maxDelayMs = 30_000, jitter = 0 } = policy;
  const factor = backoff === "fixed" ? 1 : backoff === "linear" ? attempt : 2 ** (attempt - 1);
  const share = jitter === 0 ? 0 : jitter * random();
  // Far attempts make the factor infinite, and nothing times infinity is no number.
  const delay = delayMs === 0 ? 0 : delayMs * factor * (1 + share);
  return Math.min(delay, maxDelayMs);
}
