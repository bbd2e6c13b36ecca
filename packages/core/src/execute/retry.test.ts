import type { ErrorCode } from "@polyloom/wire";
import { describe, expect, test, vi } from "vitest";
import type { RetryPolicy } from "../define/retry-policy.ts";
import type { Failure } from "./failure.ts";
import { retryDelay } from "./retry.ts";

const failure = (code: ErrorCode = "node_failed", cause: unknown = new Error("no")): Failure =>
  ({ code, message: "no", details: {}, cause }) as never;

const never = (): number => {
  throw new Error("chance was asked for");
};

/** The waits after the first attempts. */
const waits = (policy: Partial<RetryPolicy>, count = 5, random = (): number => 0): (number | undefined)[] =>
  Array.from({ length: count }, (_, i) => retryDelay({ attempts: 99, ...policy }, failure(), i + 1, random));

describe("backoff (E4)", () => {
  test("exponential doubles the wait, from 100 ms, unless told otherwise", () => {
    expect(waits({})).toEqual([100, 200, 400, 800, 1600]);
    expect(waits({ backoff: "exponential", delayMs: 3 })).toEqual([3, 6, 12, 24, 48]);
  });

  test("linear adds the same each time", () => {
    expect(waits({ backoff: "linear", delayMs: 10 })).toEqual([10, 20, 30, 40, 50]);
  });

  test("fixed stays as it is", () => {
    expect(waits({ backoff: "fixed", delayMs: 10 })).toEqual([10, 10, 10, 10, 10]);
  });

  test("no wait grows above maxDelayMs, 30 s unless set", () => {
    expect(waits({ delayMs: 10, maxDelayMs: 25 })).toEqual([10, 20, 25, 25, 25]);
    expect(retryDelay({ attempts: 99 }, failure(), 20, () => 0)).toBe(30_000);
  });

  test("a wait of 0 stays 0, however many attempts there were", () => {
    expect(retryDelay({ attempts: 5000, delayMs: 0 }, failure(), 3000, () => 0)).toBe(0);
  });
});

describe("jitter (E4)", () => {
  test("adds up to its share of the wait", () => {
    const policy: Partial<RetryPolicy> = { backoff: "fixed", delayMs: 100, jitter: 0.5 };
    expect(waits(policy, 1, () => 0)).toEqual([100]);
    expect(waits(policy, 1, () => 0.5)).toEqual([125]);
    expect(waits(policy, 1, () => 1)).toEqual([150]);
  });

  test("keeps to the longest wait as well", () => {
    expect(waits({ delayMs: 10, maxDelayMs: 25, jitter: 1 }, 3, () => 0.9)).toEqual([19, 25, 25]);
  });

  test("without it the wait does not depend on chance", () => {
    expect(waits({ delayMs: 7 }, 2, () => 0.9)).toEqual([7, 14]);
  });
});

describe("whether there is another attempt (E4)", () => {
  test("without a policy there is none", () => {
    expect(retryDelay(undefined, failure(), 1, never)).toBeUndefined();
  });

  test("attempts counts the first one", () => {
    expect(retryDelay({ attempts: 1 }, failure(), 1, never)).toBeUndefined();
    expect(retryDelay({ attempts: 3, delayMs: 1 }, failure(), 2, () => 0)).toBe(2);
    expect(retryDelay({ attempts: 3, delayMs: 1 }, failure(), 3, never)).toBeUndefined();
  });

  test("retryOn is asked with what the node threw and the attempt", () => {
    const thrown = new RangeError("x");
    const retryOn = vi.fn<(error: unknown, attempt: number) => boolean>(() => true);
    expect(retryDelay({ attempts: 3, delayMs: 1, retryOn }, failure("node_failed", thrown), 2, () => 0)).toBe(2);
    expect(retryOn.mock.calls).toEqual([[thrown, 2]]);
    expect(retryDelay({ attempts: 3, retryOn: () => false }, failure(), 1, never)).toBeUndefined();
  });

  test("retryOn is not asked when the attempts are used up", () => {
    const retryOn = vi.fn<() => boolean>(() => true);
    retryDelay({ attempts: 1, retryOn }, failure(), 1, never);
    expect(retryOn).not.toHaveBeenCalled();
  });

  test.each<ErrorCode>([
    "connection_invalid",
    "cancelled",
    "run_timeout",
    "not_transferable",
    "portable_mutation",
    "size_limit_exceeded",
    "node_not_portable",
  ])("%s would not get better, and is not repeated", (code) => {
    expect(retryDelay({ attempts: 9, retryOn: () => true }, failure(code), 1, never)).toBeUndefined();
  });

  test.each<ErrorCode>(["node_failed", "node_timeout", "invalid_output"])("%s may be repeated", (code) => {
    expect(retryDelay({ attempts: 9, delayMs: 5 }, failure(code), 1, () => 0)).toBe(5);
  });
});
