import { z } from "zod";
import { count, func } from "./shape.ts";

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

const delay = z
  .number("has to be a finite number of milliseconds from 0")
  .nonnegative("has to be a finite number of milliseconds from 0");

/** The shape of a policy. */
export const retryPolicy: z.ZodType<RetryPolicy> = z.strictObject(
  {
    attempts: count,
    backoff: z.enum(["fixed", "linear", "exponential"], 'has to be "fixed", "linear" or "exponential"').optional(),
    delayMs: delay.optional(),
    maxDelayMs: delay.optional(),
    jitter: z
      .number("has to be a number from 0 to 1")
      .min(0, "has to be a number from 0 to 1")
      .max(1, "has to be a number from 0 to 1")
      .optional(),
    retryOn: (func as z.ZodType<NonNullable<RetryPolicy["retryOn"]>>).optional(),
  },
  "has to be { attempts, backoff?, delayMs?, maxDelayMs?, jitter?, retryOn? }",
);
