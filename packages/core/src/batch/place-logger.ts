import type { Logger } from "pino";
import { lazyRequire } from "../lazy-require.ts";

/** A logger whose lines go elsewhere, whole; pino is loaded when somebody logs. */
export function linesTo(write: (line: string) => void): () => Logger {
  let logger: Logger | undefined;
  return () => (logger ??= create(write));
}

function create(write: (line: string) => void): Logger {
  const { pino } = lazyRequire<typeof import("pino")>("pino");
  const formatters = { level: (level: string) => ({ level }) };
  return pino({ level: "trace", base: null, timestamp: false, formatters }, { write });
}
