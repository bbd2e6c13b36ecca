import type { Observer, RunEvent } from "@polyloom/core";

const ENDS: ReadonlySet<string> = new Set(["node.completed", "node.failed", "node.cancelled"]);

/** Counts from events how many nodes run at once: at the most, and those of a group by the prefix of their ids. */
export class Overlap implements Observer {
  readonly events: RunEvent[] = [];

  onEvent(event: RunEvent): void {
    this.events.push(event);
  }

  /** Most nodes at once whose id begins with `prefix`. */
  most(prefix = ""): number {
    let running = 0;
    let most = 0;
    for (const event of this.events) {
      if (!("nodeId" in event) || !event.nodeId.startsWith(prefix)) continue;
      if (event.type === "node.started") most = Math.max(most, ++running);
      if (ENDS.has(event.type)) running--;
    }
    return most;
  }

  /** Ids in the order of their events of one type. */
  ids(type: "node.started" | "node.completed" | "node.cancelled"): string[] {
    return this.events.flatMap((event) => (event.type === type ? [event.nodeId] : []));
  }
}
