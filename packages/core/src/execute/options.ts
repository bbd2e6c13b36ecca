import { PolyloomError } from "@polyloom/wire";
import type { Logger } from "pino";
import { checkCount, checkMilliseconds, requireNumber } from "../define/limit.ts";
import { show } from "../define/show.ts";
import { checkRetryPolicy, type RetryPolicy } from "../define/retry-policy.ts";
import type { Observer } from "../observe/observer.ts";
import type { Parameters } from "../validate/validate.ts";
import { didYouMean } from "../validate/nearest.ts";
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
  readonly clock?: Clock;
  /** Numbers from 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** Options of one execution. */
export interface ExecuteOptions {
  /** Values by node id and port; they replace connections (S6). */
  readonly parameters?: Parameters;
  /** Values of the inputs that the workflow declares. */
  readonly input?: Readonly<Record<string, unknown>>;
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

const RUNTIME_OPTIONS = [
  "connectionValidation",
  "collectMetrics",
  "logger",
  "observers",
  "timeoutMs",
  "nodeTimeoutMs",
  "graceMs",
  "retry",
  "onFailure",
  "groupLimits",
  "clock",
  "random",
];
const EXECUTE_OPTIONS = ["parameters", "input", "signal", "timeoutMs", "onFailure", "observers", "runId", "itemEvents"];

/**
 * Checks the options of a runtime; `own` names those that it adds.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function checkRuntimeOptions(options: RuntimeOptions, own: readonly string[] = []): void {
  requireKnown(options, [...RUNTIME_OPTIONS, ...own], "runtime");
  const { connectionValidation: mode, timeoutMs, nodeTimeoutMs, graceMs, retry, groupLimits } = options;
  if (mode !== undefined && !["off", "warn", "strict"].includes(mode))
    throw new PolyloomError(
      "invalid_option",
      `connectionValidation has to be "off", "warn" or "strict", not ${show(mode)}`,
    );
  if (timeoutMs !== undefined) checkMilliseconds(timeoutMs, "timeoutMs");
  if (nodeTimeoutMs !== undefined) checkMilliseconds(nodeTimeoutMs, "nodeTimeoutMs");
  if (graceMs !== undefined) requireNumber(graceMs, "graceMs", (n) => n >= 0, "a finite number of milliseconds from 0");
  if (retry !== undefined) checkRetryPolicy(retry, "runtime");
  for (const [group, limit] of Object.entries(groupLimits ?? {})) checkCount(limit, `groupLimits.${group}`);
  requireObservers(options.observers);
  requireFailureMode(options.onFailure);
}

/**
 * Checks the options of an execution.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function checkExecuteOptions(options: ExecuteOptions): void {
  requireKnown(options, EXECUTE_OPTIONS, "execute");
  if (options.timeoutMs !== undefined) checkMilliseconds(options.timeoutMs, "timeoutMs");
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
    throw new PolyloomError("invalid_option", "signal has to be an AbortSignal");
  if (options.runId !== undefined && (typeof options.runId !== "string" || options.runId === ""))
    throw new PolyloomError("invalid_option", "runId has to be a text that is not empty");
  requireObservers(options.observers);
  requireFailureMode(options.onFailure);
}

function requireKnown(options: object, known: readonly string[], owner: string): void {
  if (typeof options !== "object" || options === null)
    throw new PolyloomError("invalid_option", `${owner}: options have to be an object`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown, known);
  throw new PolyloomError(
    "invalid_option",
    `${owner} has no option ${show(unknown)}; ${hint === "" ? `it has ${known.join(", ")}` : hint}`,
  );
}

function requireObservers(observers: readonly Observer[] = []): void {
  if (Array.isArray(observers) && observers.every((each) => typeof (each as Observer | null)?.onEvent === "function"))
    return;
  throw new PolyloomError("invalid_option", "observers have to be a list of objects with a function onEvent(event)");
}

function requireFailureMode(mode: FailureMode | undefined): void {
  if (mode !== undefined && mode !== "stop" && mode !== "continue")
    throw new PolyloomError("invalid_option", `onFailure has to be "stop" or "continue", not ${show(mode)}`);
}
