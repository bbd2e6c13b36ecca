import { type Logger, pino } from "pino";

/** A logger whose lines go nowhere. */
export function silent(): Logger {
  return pino({ level: "silent" });
}

/** A logger whose lines are kept, as the objects that pino writes. */
export function recording(level = "info"): { readonly logger: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level, base: null, timestamp: false },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { logger, lines };
}
