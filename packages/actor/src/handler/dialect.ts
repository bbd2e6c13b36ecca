import type { ActorFailure } from "./failure.ts";

/**
 * What a handler gets when the actor speaks envelopes, as the sidecar of Asya does: the envelope's payload, or all of it.
 * Without it the actor speaks payloads.
 */
export type HandlerMode = "payload" | "envelope";

/** The reply to a call that failed, as JSON. */
export function refusal(failure: ActorFailure, mode: HandlerMode | undefined): string {
  return JSON.stringify(mode === undefined ? plainRefusal(failure) : [envelopeRefusal(failure)]);
}

function plainRefusal({ kind, message, type }: ActorFailure): object {
  return { error: kind, message, ...(kind === "processing_error" && type !== undefined && { type }) };
}

function envelopeRefusal({ kind, message, type, traceback }: ActorFailure): object {
  const details = { message, type: type ?? kind, ...(traceback !== undefined && { traceback }) };
  return { error: envelopeError(kind), details };
}

/** The sidecar knows three errors. */
function envelopeError(kind: ActorFailure["kind"]): string {
  switch (kind) {
    case "connection_error":
      return kind;
    case "message_too_large":
    case "empty_message":
    case "invalid_encoding":
    case "invalid_json":
      return "msg_parsing_error";
    case "validation_error":
    case "processing_error":
    case "server_error":
    case "out_of_memory":
      return "processing_error";
  }
}
