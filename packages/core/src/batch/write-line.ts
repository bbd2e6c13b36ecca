import type { Logger } from "pino";

/** Writes a line that pino wrote elsewhere to the logger here. */
export function writeLine(logger: Logger, line: string): void {
  try {
    const { level, msg, ...fields } = JSON.parse(line) as { level: "info"; msg?: string };
    logger[level](fields, msg);
  } catch {
    // a logger that throws never fails a run (E7)
  }
}
