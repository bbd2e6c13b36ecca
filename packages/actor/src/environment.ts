import { PolyloomError } from "@polyloom/wire";
import type { HandlerMode } from "./handler/dialect.ts";
import type { ActorOptions } from "./options.ts";

/** The variables that `polyloom-actor` reads, and the option that each stands for. */
const VARIABLES = {
  ASYA_PROCESS_MODULE: "handler",
  ASYA_SOCKET_PATH: "socketPath",
  ASYA_MAX_MESSAGE_SIZE: "maxMessageBytes",
  ASYA_SOCKET_CHMOD: "socketMode",
  ASYA_HANDLER_MODE: "handlerMode",
  ASYA_ENABLE_VALIDATION: "validateEnvelopes",
  ACTOR_CONCURRENCY: "concurrency",
  ACTOR_MAX_QUEUE: "maxQueue",
  ACTOR_MAX_CONNECTIONS: "maxConnections",
  ACTOR_READ_TIMEOUT_MS: "readTimeoutMs",
  ACTOR_SHUTDOWN_MS: "shutdownMs",
  ACTOR_MEMORY_MB: "memoryMB",
} as const satisfies Readonly<Record<string, keyof ActorOptions>>;

type Variable = keyof typeof VARIABLES;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options that the environment gives; an empty variable counts as unset, but for an empty `ASYA_SOCKET_CHMOD`, which
 * leaves the socket's permissions alone.
 * @throws PolyloomError `invalid_option`, naming the variable
 */
export function readEnvironment(env: Environment): ActorOptions {
  const text = (name: Variable): string | undefined => env[name] || undefined;
  const count = (name: Variable): Record<string, number> => numberOption(name, text(name));
  const handler = text("ASYA_PROCESS_MODULE");
  if (handler === undefined) throw invalid("ASYA_PROCESS_MODULE", undefined, "a handler such as ./handler.js:process");
  return {
    handler,
    ...(text("ASYA_SOCKET_PATH") !== undefined && { socketPath: text("ASYA_SOCKET_PATH")! }),
    ...(env["ASYA_SOCKET_CHMOD"] !== undefined && { socketMode: socketMode(env["ASYA_SOCKET_CHMOD"]) }),
    ...(text("ASYA_HANDLER_MODE") !== undefined && { handlerMode: handlerMode(text("ASYA_HANDLER_MODE")!) }),
    ...(text("ASYA_ENABLE_VALIDATION") !== undefined && { validateEnvelopes: isOn(text("ASYA_ENABLE_VALIDATION")!) }),
    ...count("ASYA_MAX_MESSAGE_SIZE"),
    ...count("ACTOR_CONCURRENCY"),
    ...count("ACTOR_MAX_QUEUE"),
    ...count("ACTOR_MAX_CONNECTIONS"),
    ...count("ACTOR_READ_TIMEOUT_MS"),
    ...count("ACTOR_SHUTDOWN_MS"),
    ...count("ACTOR_MEMORY_MB"),
  };
}

function numberOption(name: Variable, text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  if (!/^\d{1,15}$/.test(text)) throw invalid(name, text, "a whole number");
  return { [VARIABLES[name]]: Number(text) };
}

function socketMode(text: string): number | null {
  if (text === "") return null;
  if (!/^(?:0o)?[0-7]{1,4}$/.test(text)) throw invalid("ASYA_SOCKET_CHMOD", text, "an octal number such as 0660");
  return Number.parseInt(text.replace(/^0o/, ""), 8);
}

function handlerMode(text: string): HandlerMode {
  if (text === "payload" || text === "envelope") return text;
  throw invalid("ASYA_HANDLER_MODE", text, "payload or envelope");
}

function isOn(text: string): boolean {
  if (/^(?:true|1|yes)$/i.test(text)) return true;
  if (/^(?:false|0|no)$/i.test(text)) return false;
  throw invalid("ASYA_ENABLE_VALIDATION", text, "true or false");
}

function invalid(name: Variable, found: string | undefined, expected: string): PolyloomError {
  const message =
    found === undefined ? `Set ${name} to ${expected}.` : `${name} has to be ${expected}; found "${found}".`;
  return new PolyloomError("invalid_option", message, { details: { option: VARIABLES[name], variable: name } });
}
