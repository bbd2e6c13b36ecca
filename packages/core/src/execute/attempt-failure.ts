import { PolyloomError } from "@polyloom/wire";
import { describeThrown, type Failure, failureOf, type FailurePlace, thrownFailure } from "./failure.ts";
import type { Outcome } from "./task.ts";

/** An attempt that took too long (K1). */
export function timeoutFailure(timeoutMs: number, place: FailurePlace): Failure {
  const message = `node "${place.nodeId}" ran longer than ${timeoutMs} ms; raise timeoutMs, or make it heed context.signal`;
  return failureOf(new PolyloomError("node_timeout", message, { details: { timeoutMs } }), place);
}

/** An attempt that gave something else than an object of outputs (E5). */
export function noObjectFailure(output: unknown, place: FailurePlace): Failure {
  const found = output === null ? "null" : Array.isArray(output) ? "an array" : typeof output;
  const message = `node "${place.nodeId}" has to return an object with its outputs, not ${found}`;
  return failureOf(new PolyloomError("invalid_output", message), place);
}

/** An attempt that threw, or whose place failed. */
export function outcomeFailure(outcome: Extract<Outcome, { status: "failed" }>, place: FailurePlace): Failure {
  return thrownFailure(outcome.error, outcome.code, { ...place, details: { ...place.details, ...outcome.details } });
}

/** A failure after which `retryOn` could not say whether to try again: the node's own, with what `retryOn` threw. */
export function unansweredFailure(failure: Failure, thrown: unknown): Failure {
  const retryOn = describeThrown(thrown);
  const message = `${failure.message} (it was not tried again: retryOn threw: ${retryOn})`;
  return { ...failure, message, details: { ...failure.details, retryOn } };
}
