import { type ErrorCode, hasCode, PolyloomError } from "@polyloom/wire";

import type { EngineAddress } from "./address.ts";

/** What a request was about, for the message of its error. */
export interface RequestContext {
  readonly address: EngineAddress;
  /** Such as `create a container`. */
  readonly doing: string;
  /** The longest wait in milliseconds; none unless set. */
  readonly timeoutMs?: number;
  /** Codes for the engine's own statuses, where they mean something here. */
  readonly codes?: Readonly<Record<number, ErrorCode>>;
}

interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly json?: { readonly message?: string };
}

const CONNECT_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "engine_unavailable",
  ECONNREFUSED: "engine_unavailable",
  ENOTFOUND: "engine_unavailable",
  EHOSTUNREACH: "engine_unavailable",
  ENOTSOCK: "engine_unavailable",
  EACCES: "engine_forbidden",
  EPERM: "engine_forbidden",
  ECONNRESET: "engine_lost",
  EPIPE: "engine_lost",
  ETIMEDOUT: "engine_lost",
};

/** Makes a request, and throws what fails as a coded error: one of engine_*, or what `codes` says. */
export async function request<T>(context: RequestContext, send: () => Promise<T>): Promise<T> {
  try {
    return await (context.timeoutMs === undefined ? send() : beforeDeadline(context, context.timeoutMs, send()));
  } catch (error) {
    throw requestError(context, error);
  }
}

/** What went wrong in a request, as a coded error with the engine's own words. */
export function requestError({ address, doing, codes = {} }: RequestContext, cause: unknown): PolyloomError {
  if (hasCode(cause)) return cause as unknown as PolyloomError;
  const { message, code = "", statusCode, json } = cause as Failure;
  const words = json?.message ?? message;
  const known = statusCode === undefined ? CONNECT_CODES[code] : codes[statusCode];
  const errorCode = known ?? (/socket hang up|aborted/.test(message) ? "engine_lost" : "engine_refused");
  const details = { engine: address.url, doing, ...(statusCode !== undefined && { statusCode }), words };
  return new PolyloomError(errorCode, `${opening(errorCode, address, doing)}: ${words}`, { cause, details });
}

function opening(code: ErrorCode, { url }: EngineAddress, doing: string): string {
  if (code === "engine_unavailable") return `No container engine answers at ${url}`;
  if (code === "engine_forbidden") return `The container engine at ${url} is closed to this user`;
  return `Could not ${doing}`;
}

async function beforeDeadline<T>(context: RequestContext, timeoutMs: number, sent: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOut(context, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([sent, late]);
  } finally {
    clearTimeout(timer);
  }
}

function timedOut({ address, doing }: RequestContext, timeoutMs: number): PolyloomError {
  const message = `Could not ${doing}: the container engine at ${address.url} did not answer within ${timeoutMs} ms.`;
  return new PolyloomError("engine_lost", message, { details: { engine: address.url, doing, timeoutMs } });
}
