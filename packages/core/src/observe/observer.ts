import type { RunEvent } from "./event.ts";

/** Sees every event of a run as it happens; what it throws is logged and never fails the run (E7). */
export interface Observer {
  onEvent(event: RunEvent): void | Promise<void>;
}
