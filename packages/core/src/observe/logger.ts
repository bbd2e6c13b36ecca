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

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** A child logger for one node; `onLine` sees each line as well, whatever the level (O1). */
export function nodeLogger(
  base: Logger,
  bindings: object,
  onLine: ((level: string, message: string) => void) | undefined,
): Logger {
  const child = base.child(bindings);
  if (onLine === undefined) return child;
  for (const level of LEVELS) {
    const write = child[level].bind(child) as (...args: unknown[]) => void;
    child[level] = (...args: unknown[]) => {
      onLine(level, messageOf(args));
      write(...args);
    };
  }
  return child;
}

function messageOf([first, second]: readonly unknown[]): string {
  if (typeof first === "string") return first;
  if (typeof second === "string") return second;
  return first instanceof Error ? first.message : "";
}
