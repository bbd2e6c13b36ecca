import type { LogRing } from "@polyloom/containers";

const MOST = 20;

/** What the last containers wrote that have ended. */
export class EndedLogs {
  readonly #byId: Map<string, LogRing> = new Map();

  add(id: string, logs: LogRing): void {
    this.#byId.set(id, logs);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > MOST) this.#byId.delete(oldest!);
  }

  /** By id, or by the beginning of one. */
  of(id: string): LogRing | undefined {
    for (const [each, logs] of this.#byId) if (each.startsWith(id)) return logs;
    return undefined;
  }
}
