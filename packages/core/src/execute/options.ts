import type { Logger } from "pino";
import { z } from "zod";
import { retryPolicy, type RetryPolicy } from "../define/retry-policy.ts";
import { checkShape, count, func, milliseconds, objectWith } from "../define/shape.ts";
import type { Observer } from "../observe/observer.ts";
import type { Parameters } from "../validate/validate.ts";
import type { Clock } from "./clock.ts";
import type { ValidationMode } from "./values.ts";

/** What becomes of a run after a failure: it stops (E3), or finishes what it still can (E2). */
export type FailureMode = "stop" | "continue";

/** Options of every runtime. */
export interface RuntimeOptions {
  /** How values are checked where they enter and leave nodes. Default `warn`. */
  readonly connectionValidation?: ValidationMode;
  /** Whether times and memory are measured. Default false. */
  readonly collectMetrics?: boolean;
  /** A pino instance. Default: warnings and errors to standard error. */
  readonly logger?: Logger;
  readonly observers?: readonly Observer[];
  /** Longest time of a run, in milliseconds. */
  readonly timeoutMs?: number;
  /** Longest time of one attempt at a node that sets none, in milliseconds. */
  readonly nodeTimeoutMs?: number;
  /** How long an aborted node may take to settle, in milliseconds. Default 250. */
  readonly graceMs?: number;
  /** For nodes that have no policy of their own. */
  readonly retry?: RetryPolicy;
  readonly onFailure?: FailureMode;
  /** Most tasks at once of the nodes of a group, by its name. */
  readonly groupLimits?: Readonly<Record<string, number>>;
  /** Whether a runtime that shares memory copies, freezes and shuffles, so that what would break elsewhere breaks here (D3). */
  readonly portable?: boolean;
  readonly clock?: Clock;
  /** Numbers from 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Options of one execution. */
export interface ExecuteOptions<WI = Readonly<Record<string, unknown>>> {
  /** Values by node id and port; they replace connections (S6). */
  readonly parameters?: Parameters;
  /** Values of the inputs that the workflow declares. */
  readonly input?: WI;
  readonly signal?: AbortSignal;
  /** Longest time of this run, in milliseconds. */
  readonly timeoutMs?: number;
  readonly onFailure?: FailureMode;
  readonly observers?: readonly Observer[];
  /** Default: a random UUID. */
  readonly runId?: string;
  /** Whether a map reports each item. Default: a hundred reports at the most. */
  readonly itemEvents?: boolean;
}

const grace = "has to be a finite number of milliseconds from 0";
const text = z.string("has to be a text that is not empty").min(1, "has to be a text that is not empty");
const flag = z.boolean("has to be true or false");
const failureMode = z.enum(["stop", "continue"], 'has to be "stop" or "continue"');
const observers = z.array(objectWith("an observer", "onEvent"), "has to be a list of observers");

const RUNTIME_SHAPE: Readonly<Record<keyof RuntimeOptions, z.ZodType>> = {
  connectionValidation: z.enum(["off", "warn", "strict"], 'has to be "off", "warn" or "strict"'),
  collectMetrics: flag,
  logger: objectWith("a pino logger", "child", "warn", "error"),
  observers,
  timeoutMs: milliseconds,
  nodeTimeoutMs: milliseconds,
  graceMs: z.number(grace).nonnegative(grace),
  retry: retryPolicy,
  onFailure: failureMode,
  groupLimits: z.record(z.string(), count, "has to be an object: a limit by the name of its group"),
  portable: flag,
  clock: objectWith("a clock", "now", "set", "clear", "turn"),
  random: func,
};

const EXECUTE_SHAPE: Readonly<Record<keyof ExecuteOptions, z.ZodType>> = {
  // What these two hold is checked against the workflow, with its other problems (S7).
  parameters: z.unknown(),
  input: z.unknown(),
  signal: z.custom((value) => value instanceof AbortSignal, "has to be an AbortSignal"),
  timeoutMs: milliseconds,
  onFailure: failureMode,
  observers,
  runId: text,
  itemEvents: flag,
};

/**
 * Checks the options of a runtime; `own` names those that it adds, and checks itself.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function checkRuntimeOptions(options: RuntimeOptions, own: readonly string[] = []): void {
  checkShape({ ...RUNTIME_SHAPE, ...Object.fromEntries(own.map((name) => [name, z.unknown()])) }, options, "runtime");
}

/**
 * Checks the options of an execution.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function checkExecuteOptions(options: ExecuteOptions): void {
  checkShape(EXECUTE_SHAPE, options, "execute");
}
