import { PolyloomError } from "@polyloom/core";
import type { Outcome, Task } from "@polyloom/core/runtime";
import { isDeepStrictEqual } from "node:util";
import { fromRecorded, toRecorded } from "./recorded-value.ts";
import { outcomeOfCall, failedWith, type RecordedCall, type Recording } from "./recording.ts";

/** What a recording says to one call. */
export interface ReplayedCall {
  /** `undefined` for a call that never ended. */
  readonly outcome: Outcome | undefined;
  /** Virtual milliseconds until then. */
  readonly latencyMs: number;
}

/** Answers the calls of one run from a recording. */
export class Replay {
  readonly #calls: Map<string, RecordedCall[]> = new Map();

  constructor(recording: Recording) {
    for (const call of recording.calls) {
      const key = keyOf(call.node, call.attempt, call.iteration ?? 0, call.index);
      const same = this.#calls.get(key);
      if (same) same.push(call);
      else this.#calls.set(key, [call]);
    }
  }

  /** The recorded outcome, or a failed one with `replay_mismatch`. Nested cycles repeat a place: first come, first served. */
  answer(task: Task): ReplayedCall {
    const { nodeId, attempt, iteration, index } = task;
    const call = this.#calls.get(keyOf(nodeId, attempt, iteration, index))?.shift();
    const place = describePlace(task);
    if (call === undefined) return mismatch(task, `the recording has no call of node "${nodeId}"${place}`);
    try {
      const ports = differingPorts(call, task);
      if (ports.length > 0)
        return mismatch(task, `node "${nodeId}"${place} got another ${ports.join(", ")} than in the recording`);
      const hasEnded = call.output !== undefined || call.error !== undefined;
      return { outcome: hasEnded ? outcomeOfCall(call) : undefined, latencyMs: call.durationMs ?? 0 };
    } catch (error) {
      return { outcome: failedWith(error), latencyMs: 0 };
    }
  }
}

function differingPorts({ input }: RecordedCall, task: Task): string[] {
  const recorded = fromRecorded(input) as Record<string, unknown>;
  // Read back as well, so that neither the order of keys nor prototypes count.
  const found = fromRecorded(toRecorded(task.input, `${task.nodeId}.inputs`)) as Record<string, unknown>;
  const ports = new Set([...Object.keys(recorded), ...Object.keys(found)]);
  return [...ports].filter((port) => !isDeepStrictEqual(recorded[port], found[port]));
}

function mismatch({ nodeId, attempt, iteration, index }: Task, what: string): ReplayedCall {
  const details = { nodeId, attempt, iteration, ...(index !== undefined && { index }) };
  const error = new PolyloomError("replay_mismatch", `${what}; record the run again`, { details });
  return { outcome: failedWith(error), latencyMs: 0 };
}

function keyOf(node: string, attempt: number, iteration: number, index: number | undefined): string {
  return `${node} ${attempt} ${iteration} ${index ?? ""}`;
}

function describePlace({ attempt, iteration, index }: Task): string {
  const parts = [
    iteration > 0 && `iteration ${iteration}`,
    index !== undefined && `item ${index}`,
    attempt > 1 && `attempt ${attempt}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
