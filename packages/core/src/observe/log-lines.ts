import type { Logger } from "pino";
import { lazyRequire } from "../lazy-require.ts";

/** A logger whose lines go elsewhere, whole and of every level; pino is loaded when somebody logs. */
export function linesTo(write: (line: string) => void): () => Logger {
  let logger: Logger | undefined;
  return () => (logger ??= create(write));
}

/** Writes a line that pino wrote elsewhere to the logger here; a line that pino would not write says so at `info`. */
export function writeLine(logger: Logger, line: string): void {
  const { level, msg, ...fields } = fieldsOf(line);
  const known = LEVELS.find((each) => each === level) ?? "info";
  logger[known](fields, typeof msg === "string" ? msg : undefined);
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** Whoever wrote it may write anything. */
function fieldsOf(line: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return { ...fields };
  } catch {
    // no JSON: the line is its own message
  }
  return { msg: line };
}

function create(write: (line: string) => void): Logger {
  const { pino } = lazyRequire<typeof import("pino")>("pino");
  const formatters = { level: (level: string) => ({ level }) };
  return pino({ level: "trace", base: null, timestamp: false, formatters }, { write });
}
