import type { HandlerMode } from "./dialect.ts";
import { refusal } from "./dialect.ts";
import { advance, type Envelope, readEnvelope, writeEnvelopes } from "./envelope.ts";
import { type ActorFailure, failureOf } from "./failure.ts";

/** What an actor is made of: gets a payload, or an envelope, and gives a result or a list of results. */
export type Handler = (input: unknown) => unknown;

/** Makes the JSON of a reply from the JSON of a message; never throws or rejects. */
export type Answer = (text: string) => string | Promise<string>;

/** How messages are read and answered. */
export interface AnswerOptions {
  readonly mode: HandlerMode | undefined;
  readonly validateEnvelopes: boolean;
}

/** Answers messages by a handler; at once where the handler gives no promise. */
export function answerWith(handler: Handler, { mode, validateEnvelopes }: AnswerOptions): Answer {
  const failed = (failure: ActorFailure): string => refusal(failure, mode);
  const speak = mode === undefined ? speakPayloads : speakEnvelopes(mode, validateEnvelopes);
  return (text) => {
    const message = parse(text);
    if ("failure" in message) return failed(message.failure);
    const exchange = speak(message.value);
    if ("failure" in exchange) return failed(exchange.failure);
    const reply = (result: unknown): string => {
      const written = exchange.write(result);
      return typeof written === "string" ? written : failed(written);
    };
    const fail = (thrown: unknown): string => failed(failureOf(thrown));
    try {
      const result = handler(exchange.input);
      return isThenable(result) ? Promise.resolve(result).then(reply).catch(fail) : reply(result);
    } catch (thrown) {
      return fail(thrown);
    }
  };
}

/** One message: what the handler gets, and how its result is written. */
interface Exchange {
  readonly input: unknown;
  readonly write: (result: unknown) => string | ActorFailure;
}

type Refused = { readonly failure: ActorFailure };

function speakPayloads(payload: unknown): Exchange {
  return { input: payload, write: writeResult };
}

function writeResult(result: unknown): string | ActorFailure {
  const json = stringify(result);
  return typeof json === "string" ? `{"status":"ok","result":${json}}` : json;
}

function speakEnvelopes(mode: HandlerMode, validates: boolean): (message: unknown) => Exchange | Refused {
  return (message) => {
    const problem = validates ? readEnvelope(message) : undefined;
    if (problem !== undefined) return { failure: { kind: "invalid_json", message: problem, type: "ValueError" } };
    const envelope = message as Envelope;
    const write = (result: unknown): string | ActorFailure => {
      const outputs = mode === "payload" ? advance(envelope, listOf(result)) : listOf(result);
      const wrong = validates ? writeEnvelopes(outputs, envelope) : undefined;
      return wrong === undefined
        ? stringify(outputs)
        : { kind: "processing_error", message: wrong, type: "ValueError" };
    };
    return { input: mode === "payload" ? envelope?.payload : envelope, write };
  };
}

/** Nothing and the empty list abort; a list is one reply an item. */
function listOf(result: unknown): readonly unknown[] {
  if (result === undefined || result === null) return [];
  return Array.isArray(result) ? result : [result];
}

function parse(text: string): { readonly value: unknown } | Refused {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { failure: { kind: "invalid_json", message: (error as Error).message, type: "JSONDecodeError" } };
  }
}

function stringify(value: unknown): string | ActorFailure {
  try {
    const json = JSON.stringify(value ?? null) as string | undefined;
    if (json !== undefined) return json;
    return { kind: "server_error", message: `The result is a ${typeof value}, which JSON cannot hold.` };
  } catch (error) {
    return { kind: "server_error", message: `The result cannot be written as JSON: ${failureOf(error).message}` };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}
