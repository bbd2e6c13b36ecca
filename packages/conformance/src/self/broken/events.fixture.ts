import type { RunEvent } from "@polyloom/core";
import { type Broken, broken, type Sabotage } from "../sabotage.fixture.ts";

/** Loses some events, and numbers the others without gaps. */
function without(isLost: (event: RunEvent) => boolean): Sabotage["events"] {
  return () => {
    let seq = 0;
    return (event, deliver) => {
      if (!isLost(event)) deliver({ ...event, seq: ++seq });
    };
  };
}

/** Replaces each event by others, numbered anew. */
function instead(change: (event: RunEvent) => readonly RunEvent[]): Sabotage["events"] {
  return () => {
    let seq = 0;
    return (event, deliver) => {
      for (const each of change(event)) deliver({ ...each, seq: ++seq });
    };
  };
}

/** Runtimes whose observers see what is not so. */
export const events: readonly Broken[] = [
  broken("tells of no skipped node", ["O1"], { events: without(({ type }) => type === "node.skipped") }),
  broken("tells of no iteration", ["O1"], { events: without(({ type }) => type === "cycle.iteration") }),
  broken("tells of no log line", ["O1"], { events: without(({ type }) => type === "node.log") }),
  broken("tells of no retry", ["E4", "O1"], { events: without(({ type }) => type === "node.retrying") }),
  broken("tells of no issue with a value", ["V6"], { events: without(({ type }) => type === "validation.issue") }),
  broken("tells of no cancelled node", ["O1"], { events: without(({ type }) => type === "node.cancelled") }),
  broken("tells each log line twice", ["O1"], {
    events: instead((event) => (event.type === "node.log" ? [event, event] : [event])),
  }),
  broken("tells a node's log lines after its end", ["O1"], {
    events: () => {
      let seq = 0;
      const held: RunEvent[] = [];
      return (event, deliver) => {
        if (event.type === "node.log") return void held.push(event);
        deliver({ ...event, seq: ++seq });
        if (event.type === "node.completed") for (const each of held.splice(0)) deliver({ ...each, seq: ++seq });
      };
    },
  }),
  broken("starts nodes that it skips", ["O1"], {
    events: instead((event) => (event.type === "node.skipped" ? [{ ...event, type: "node.started" }, event] : [event])),
  }),
  broken("tells something after the end of a run", ["O1"], {
    events: instead((event) =>
      event.type === "run.ended"
        ? [
            event,
            {
              type: "node.log",
              runId: event.runId,
              seq: 0,
              time: event.time,
              nodeId: "",
              iteration: 0,
              level: "info",
              message: "",
            },
          ]
        : [event],
    ),
  }),
  broken("counts events from nought", ["O1"], {
    events: () => (event, deliver) => deliver({ ...event, seq: event.seq - 1 }),
  }),
  broken("has a clock that goes back", ["O1"], {
    events: () => (event, deliver) => deliver({ ...event, time: -event.seq }),
  }),
  broken("tells of no iteration with a node's event", ["O1"], {
    events: instead((event) => [
      "iteration" in event && event.type === "node.completed" ? { ...event, iteration: 0 } : event,
    ]),
  }),
  broken("tells every item of a map", ["O1"], { given: (options) => ({ ...options, itemEvents: true }) }),
  broken("tells no item of a map", ["O1"], { given: (options) => ({ ...options, itemEvents: false }) }),
  broken("tells the runtime's observers nothing", ["O1"], { made: (options) => ({ ...options, observers: [] }) }),
  broken("lets an observer fail the run", ["E7"], {
    given: (options) => {
      const failing = new AbortController();
      const observers = options.observers?.map((observer) => ({
        onEvent: (event: RunEvent) => {
          try {
            return observer.onEvent(event);
          } catch (error) {
            return failing.abort(error);
          }
        },
      }));
      const signal = options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal;
      return observers === undefined ? options : { ...options, observers, signal };
    },
  }),
];
