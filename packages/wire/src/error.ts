import { ERROR_CODES, type ErrorCode } from "./error-codes.ts";

/** Facts about one error by name, such as `{ limit: 10, size: 12 }`. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What else an error may carry: its cause, and facts for programs. */
export interface PolyloomErrorOptions {
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/** What every error of Polyloom looks like, also after it crossed a process. */
export interface CodedError<Code extends ErrorCode = ErrorCode> {
  readonly message: string;
  readonly code: Code;
  readonly details: ErrorDetails;
}

/** The one error base: a message for people, a code of ERROR_CODES and details for programs. */
export class PolyloomError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  static {
    Object.defineProperty(this.prototype, "name", {
      value: "PolyloomError",
      configurable: true,
      writable: true,
    });
  }

  constructor(code: ErrorCode, message: string, options: PolyloomErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = Object.freeze({ ...options.details });
  }
}

/** Whether a value has the shape of a Polyloom error, with this code or any; never throws. */
export function hasCode<Code extends ErrorCode = ErrorCode>(value: unknown, code?: Code): value is CodedError<Code> {
  try {
    return isCoded(value) && (code === undefined || value.code === code);
  } catch {
    return false;
  }
}

function isCoded(value: unknown): value is CodedError {
  if (typeof value !== "object" || value === null) return false;
  const { code, message, details } = value as Partial<Record<keyof CodedError, unknown>>;
  if (typeof code !== "string" || typeof message !== "string") return false;
  return Object.hasOwn(ERROR_CODES, code) && typeof details === "object" && details !== null;
}
