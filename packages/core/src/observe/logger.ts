import type { Logger } from "pino";
import { lazyRequire } from "../lazy-require.ts";

let shared: Logger | undefined;

/** The logger of runtimes that were given none: warnings and errors, to standard error. */
export function defaultLogger(): Logger {
  if (shared !== undefined) return shared;
  const pino = lazyRequire<typeof import("pino")>("pino");
  shared = pino.pino({ name: "polyloom", level: "warn" }, pino.destination({ fd: 2, sync: true }));
  return shared;
}

type OnLine = ((level: string, message: string) => void) | undefined;

/** A child logger for one node, which never throws (E7); `onLine` sees each line as well, whatever the level (O1). */
export function nodeLogger(base: Logger, bindings: object, onLine: OnLine): Logger {
  return guarded(childOf(base, bindings) ?? silentLogger(), onLine);
}

function guarded(logger: Logger, onLine: OnLine): Logger {
  for (const level of LEVELS) {
    const write = logger[level] as ((...args: unknown[]) => void) | undefined;
    logger[level] = (...args: unknown[]) => {
      onLine?.(level, messageOf(args));
      attempt(() => write?.apply(logger, args));
    };
  }
  const child = (logger.child as Logger["child"] | undefined)?.bind(logger) as unknown as
    | ((bindings: object, options?: object) => Logger)
    | undefined;
  const guardedChild = (bindings: object, options?: object): Logger =>
    guarded(freshMethods(attempt(() => child?.(bindings, options)) ?? silentLogger()), onLine);
  logger.child = guardedChild as unknown as Logger["child"];
  return logger;
}

/** A child inherits the wrapped methods of its parent; setting its level gives it its own. */
function freshMethods(logger: Logger): Logger {
  logger.level = String(logger.level);
  return logger;
}

function childOf(base: Logger, bindings: object): Logger | undefined {
  const child = attempt(() => base.child(bindings) as Logger | undefined);
  return typeof child?.info === "function" ? child : undefined;
}

function silentLogger(): Logger {
  return lazyRequire<typeof import("pino")>("pino").pino({ enabled: false });
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined; // a logger that throws has nowhere to say so
  }
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** pino's arguments are an optional object or error, then a text and what fills its placeholders. */
function messageOf(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  const { format } = process.getBuiltinModule("node:util");
  if (typeof first === "string") return format(first, ...rest);
  if (typeof rest[0] === "string") return format(...rest);
  return first instanceof Error ? first.message : "";
}
