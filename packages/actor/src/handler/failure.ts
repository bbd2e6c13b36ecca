import { formatPath, serializeError } from "@polyloom/wire";

/** The nine ways in which a call of an actor can fail. */
export type FailureKind =
  | "validation_error"
  | "processing_error"
  | "message_too_large"
  | "empty_message"
  | "invalid_json"
  | "invalid_encoding"
  | "connection_error"
  | "server_error"
  | "out_of_memory";

/** Why a call failed; `type` and `traceback` are of what the handler threw. */
export interface ActorFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly type?: string;
  readonly traceback?: string;
}

/** What anything that a handler threw means to its caller; never throws. */
export function failureOf(thrown: unknown): ActorFailure {
  const { name, message, stack } = describe(thrown);
  const traceback = stack === undefined ? {} : { traceback: stack };
  const issues = attempt(() => zodIssues(thrown));
  if (issues !== undefined) return { kind: "validation_error", message: issues, type: name, ...traceback };
  return { kind: kindOf(name, message), message, type: name, ...traceback };
}

function kindOf(name: string, message: string): FailureKind {
  if (name === "ValidationError") return "validation_error";
  // What V8 throws where memory outside of its heap is not to be had.
  if (name === "RangeError" && /\ballocation failed\b/.test(message)) return "out_of_memory";
  return "processing_error";
}

function describe(thrown: unknown): { name: string; message: string; stack?: string } {
  const data = serializeError(thrown);
  switch (data.kind) {
    case "error":
      return { ...data, name: data.name === "Error" ? (className(thrown) ?? data.name) : data.name };
    case "value":
      return { name: typeof thrown, message: valueText(data.value) };
    case "text":
      return { name: typeof thrown, message: data.text };
    case "seen":
      return { name: "Error", message: "" };
  }
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return attempt(() => JSON.stringify(value)) ?? String(value);
}

// A class that extends Error and sets no name is still known by its own.
function className(thrown: unknown): string | undefined {
  return attempt(() => (thrown as Error).constructor.name) || undefined;
}

/** The issues of a zod error in a line, known by its shape: the handler's zod may be another than ours. */
function zodIssues(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !/^\$?ZodError$/.test(thrown.name) || !("issues" in thrown)) return undefined;
  const issues = thrown.issues as readonly { path: readonly PropertyKey[]; message: string }[];
  return issues.map(({ path, message }) => (path.length > 0 ? `${pathText(path)}: ${message}` : message)).join("; ");
}

function pathText(path: readonly PropertyKey[]): string {
  return formatPath(
    "",
    path.map((key) => (typeof key === "number" ? key : String(key))),
  );
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
