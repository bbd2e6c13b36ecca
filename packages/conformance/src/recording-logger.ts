import type { RuntimeOptions } from "@polyloom/core/runtime";

/** A line that was logged. */
export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

type Logger = NonNullable<RuntimeOptions["logger"]>;

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** Keeps what is logged, in place of a pino instance. */
export class RecordingLogger {
  readonly lines: LoggedLine[] = [];

  /** What runtimes take as their logger. */
  get logger(): Logger {
    return this.#loggerWith({});
  }

  #loggerWith(bindings: object): Logger {
    const child = (more: object): Logger => this.#loggerWith({ ...bindings, ...more });
    const writers = LEVELS.map((level) => [level, (...args: unknown[]) => this.#write(level, bindings, args)] as const);
    const rest = { level: "trace", silent: () => undefined, flush: () => undefined, isLevelEnabled: () => true };
    return { ...rest, child, bindings: () => bindings, ...Object.fromEntries(writers) } as unknown as Logger;
  }

  #write(level: string, bindings: object, [first, second]: readonly unknown[]): void {
    const fields = typeof first === "object" && first !== null ? first : {};
    const message = typeof first === "string" ? first : typeof second === "string" ? second : "";
    this.lines.push({ level, fields: { ...bindings, ...fields }, message });
  }
}
