import { describe, expect, test } from "vitest";
import { systemClock } from "../execute/clock.ts";
import { Emitter } from "./emitter.ts";
import type { RunEvent } from "./event.ts";
import type { Observer } from "./observer.ts";

describe("Emitter", () => {
  test("numbers events from 1 without gaps, with the run's id and the host's time (O1)", () => {
    const seen: RunEvent[] = [];
    let now = 10;
    const emitter = new Emitter(
      [{ onEvent: (event) => void seen.push(event) }],
      "r1",
      { ...systemClock, now: () => now++ },
      unexpected,
    );
    emitter.emit({ type: "node.started", nodeId: "a", iteration: 0 });
    emitter.emit({ type: "node.skipped", nodeId: "b", iteration: 0 });
    expect(seen).toEqual([
      { type: "node.started", nodeId: "a", iteration: 0, runId: "r1", seq: 1, time: 10 },
      { type: "node.skipped", nodeId: "b", iteration: 0, runId: "r1", seq: 2, time: 11 },
    ]);
  });

  test("hands the same frozen event to every observer, in order", () => {
    const seen: [string, RunEvent][] = [];
    const observer = (name: string): Observer => ({ onEvent: (event) => void seen.push([name, event]) });
    emitterFor([observer("first"), observer("second")]).emit({ type: "node.started", nodeId: "a", iteration: 0 });
    expect(seen.map(([name]) => name)).toEqual(["first", "second"]);
    expect(seen[0]![1]).toBe(seen[1]![1]);
    expect(Object.isFrozen(seen[0]![1])).toBe(true);
  });

  test("tells what an observer throws or rejects with, and goes on with the others (E7)", async () => {
    const errors: unknown[] = [];
    let reached = 0;
    const observers: Observer[] = [
      {
        onEvent: () => {
          throw new Error("thrown");
        },
      },
      { onEvent: () => Promise.reject(new Error("rejected")) },
      { onEvent: () => void reached++ },
    ];
    emitterFor(observers, (error) => errors.push(error)).emit({ type: "node.started", nodeId: "a", iteration: 0 });
    expect(reached).toBe(1);
    await Promise.resolve();
    expect(errors).toEqual([new Error("thrown"), new Error("rejected")]);
  });
});

function emitterFor(observers: readonly Observer[], onError: (error: unknown) => void = unexpected): Emitter {
  return new Emitter(observers, "r1", systemClock, onError);
}

function unexpected(error: unknown): never {
  throw error;
}
