import type { RunEvent } from "@polyloom/core";

/** Ids of the nodes that started, in order; a node that ran in several iterations stands there as often. */
export function starts(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "node.started" ? [event.nodeId] : []));
}

/** `+id` for each start and `-id` for each end of a node, in order. */
export function spans(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "node.started") return [`+${event.nodeId}`];
    return isNodeEnd(event) ? [`-${event.nodeId}`] : [];
  });
}

/** The most nodes that ran at once, of those that `counts` takes. */
export function mostAtOnce(events: readonly RunEvent[], counts: (nodeId: string) => boolean = () => true): number {
  let [now, most] = [0, 0];
  for (const event of events) {
    if (event.type === "node.started" && counts(event.nodeId)) most = Math.max(most, ++now);
    if (isNodeEnd(event) && counts(event.nodeId)) now--;
  }
  return most;
}

/** Whether a node has started. */
export function hasStarted(events: readonly RunEvent[], nodeId: string): boolean {
  return events.some((event) => event.type === "node.started" && event.nodeId === nodeId);
}

/** The events of one type, of one node where named. */
export function eventsOf<T extends RunEvent["type"]>(
  events: readonly RunEvent[],
  type: T,
  nodeId?: string,
): Extract<RunEvent, { type: T }>[] {
  return events.filter(
    (event): event is Extract<RunEvent, { type: T }> =>
      event.type === type && (nodeId === undefined || ("nodeId" in event && event.nodeId === nodeId)),
  );
}

function isNodeEnd(
  event: RunEvent,
): event is Extract<RunEvent, { type: "node.completed" | "node.failed" | "node.cancelled" }> {
  return event.type === "node.completed" || event.type === "node.failed" || event.type === "node.cancelled";
}
