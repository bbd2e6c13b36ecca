import { PolyloomError } from "@polyloom/wire";
import { resolve } from "node:path";
import type { HandlerMode } from "./handler/dialect.ts";
import { readHandlerName } from "./handler/load.ts";

/** Where an actor listens unless told otherwise. */
export const DEFAULT_SOCKET_PATH = "/tmp/sockets/app.sock";

/** What an actor is, and what bounds it. */
export interface ActorOptions {
  /**
   * `module:function` or `module:Class.method`; the function is `process` unless named. The module is a path from the
   * working directory, a file URL or a package.
   */
  readonly handler: string;
  /** Path of the Unix socket (`/tmp/sockets/app.sock`); `runtime-ready` stands beside it while the actor listens. */
  readonly socketPath?: string;
  /** Permissions of the socket (0o666); `null` leaves what the process's mask gives. */
  readonly socketMode?: number | null;
  /** The largest message in bytes (10,485,760). */
  readonly maxMessageBytes?: number;
  /** Speaks envelopes with Asya's sidecar, and hands the handler the payload or all of the envelope. */
  readonly handlerMode?: HandlerMode;
  /** Whether envelopes are checked, those of the handler included (true). */
  readonly validateEnvelopes?: boolean;
  /** Most asynchronous calls of the handler at once (16). */
  readonly concurrency?: number;
  /** Most calls that have no reply yet (1,024); connections are read no further then. */
  readonly maxQueue?: number;
  /** Most connections at once (256); one more is refused. */
  readonly maxConnections?: number;
  /** Longest time in milliseconds from the first byte of a message to its last (30,000). */
  readonly readTimeoutMs?: number;
  /** Longest time in milliseconds that closing waits for calls that run (25,000). */
  readonly shutdownMs?: number;
  /**
   * Most memory of the handler's thread in MB, buffers and garbage included; unless set, its heap may have what V8 takes
   * for the machine.
   */
  readonly memoryMB?: number;
}

/** Options with nothing left open. */
export interface Settings extends Required<Omit<ActorOptions, "handlerMode" | "memoryMB">> {
  readonly handlerMode: HandlerMode | undefined;
  readonly memoryMB: number | undefined;
  /** Where a relative module is looked for. */
  readonly folder: string;
}

// What Linux has room for, less the closing zero; macOS has four bytes less.
const LONGEST_PATH = process.platform === "darwin" ? 103 : 107;
const LARGEST_MESSAGE = 2 ** 29;
const LARGEST_QUEUE = 2 ** 16;
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Fills in what was left open, and checks the rest.
 * @throws PolyloomError `invalid_option` or `handler_invalid`
 */
export function settingsOf(options: ActorOptions): Settings {
  refuseUnknown(options);
  if (typeof options.handler !== "string")
    throw invalid("handler", options.handler, "a text such as ./handler.js:process");
  readHandlerName(options.handler);
  return {
    handler: options.handler,
    folder: process.cwd(),
    socketPath: socketPath(options.socketPath ?? DEFAULT_SOCKET_PATH),
    socketMode: options.socketMode === null ? null : whole(options, "socketMode", 0o666, 0, 0o777),
    maxMessageBytes: whole(options, "maxMessageBytes", 10_485_760, 1, LARGEST_MESSAGE),
    handlerMode: oneOf("handlerMode", options.handlerMode, [undefined, "payload", "envelope"]),
    validateEnvelopes: oneOf("validateEnvelopes", options.validateEnvelopes ?? true, [true, false]),
    concurrency: whole(options, "concurrency", 16, 1, LARGEST_QUEUE),
    maxQueue: whole(options, "maxQueue", 1024, 1, LARGEST_QUEUE),
    maxConnections: whole(options, "maxConnections", 256, 1, LARGEST_QUEUE),
    readTimeoutMs: whole(options, "readTimeoutMs", 30_000, 1, LONGEST_TIMEOUT),
    shutdownMs: whole(options, "shutdownMs", 25_000, 0, LONGEST_TIMEOUT),
    memoryMB: options.memoryMB === undefined ? undefined : whole(options, "memoryMB", 0, 8, 2 ** 20),
  };
}

const KNOWN: Readonly<Record<keyof ActorOptions, true>> = {
  handler: true,
  socketPath: true,
  socketMode: true,
  maxMessageBytes: true,
  handlerMode: true,
  validateEnvelopes: true,
  concurrency: true,
  maxQueue: true,
  maxConnections: true,
  readTimeoutMs: true,
  shutdownMs: true,
  memoryMB: true,
};

function refuseUnknown(options: ActorOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN, name));
  if (unknown === undefined) return;
  throw new PolyloomError(
    "invalid_option",
    `There is no option ${unknown}; there are ${Object.keys(KNOWN).join(", ")}.`,
  );
}

function socketPath(path: unknown): string {
  if (typeof path !== "string" || path === "") throw invalid("socketPath", path, "a path");
  const full = resolve(path);
  if (Buffer.byteLength(full) <= LONGEST_PATH) return full;
  throw invalid("socketPath", full, `at most ${LONGEST_PATH} bytes, which is what the system has room for`);
}

type NumberOption =
  | "socketMode"
  | "maxMessageBytes"
  | "concurrency"
  | "maxQueue"
  | "maxConnections"
  | "readTimeoutMs"
  | "shutdownMs"
  | "memoryMB";

function whole(options: ActorOptions, name: NumberOption, missing: number, least: number, most: number): number {
  const value: unknown = options[name] ?? missing;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw invalid(name, value, `a whole number from ${least} to ${most}`);
}

function oneOf<T>(name: keyof ActorOptions, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw invalid(name, value, `one of ${known.map(String).join(", ")}`);
}

function invalid(name: keyof ActorOptions, found: unknown, expected: string): PolyloomError {
  return new PolyloomError("invalid_option", `${name} has to be ${expected}; found ${String(found)}.`, {
    details: { option: name },
  });
}
