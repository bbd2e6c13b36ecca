import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { EventStream } from "./event-stream.ts";
import type { RunEvent } from "./event.ts";

const PORT = z.object({ x: z.number() });

describe("EventStream", () => {
  test("gives the events in order to a reader that comes before, between and after them", async () => {
    const stream = new EventStream();
    const reader = stream.read();
    const first = reader.next();
    stream.onEvent(event(1));
    expect((await first).value).toEqual(event(1));
    stream.onEvent(event(2));
    stream.onEvent(event(3));
    stream.close();
    expect((await reader.next()).value).toEqual(event(2));
    expect((await reader.next()).value).toEqual(event(3));
    expect(await reader.next()).toEqual({ value: undefined, done: true });
  });

  test("loses none of many events, whose room it gives back in blocks", async () => {
    const stream = new EventStream();
    const reader = stream.read();
    const seen: number[] = [];
    for (let seq = 1; seq <= 5000; seq++) {
      stream.onEvent(event(seq));
      if (seq % 3 === 0) seen.push(((await reader.next()).value as RunEvent).seq);
    }
    stream.close();
    for await (const { seq } of reader) seen.push(seq);
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
  });

  test("throws the failure after the last event", async () => {
    const stream = new EventStream();
    stream.onEvent(event(1));
    stream.close({ error: new Error("failed") });
    const reader = stream.read();
    expect((await reader.next()).value).toEqual(event(1));
    await expect(reader.next()).rejects.toThrow("failed");
  });

  test("wakes a waiting reader when it is closed", async () => {
    const stream = new EventStream();
    const next = stream.read().next();
    stream.close();
    expect((await next).done).toBe(true);
  });
});

describe("stream()", () => {
  test("yields the same events that observers get (O2)", async () => {
    const observed: RunEvent[] = [];
    const streamed: RunEvent[] = [];
    const runtime = new InlineRuntime({ observers: [{ onEvent: (each) => void observed.push(each) }] });
    for await (const each of runtime.stream(chain())) streamed.push(each);
    expect(streamed.map(({ type }) => type)).toEqual([
      "run.started",
      "node.started",
      "node.completed",
      "node.started",
      "node.completed",
      "run.ended",
    ]);
    expect(streamed).toEqual(observed);
  });

  test("left early cancels the run, and waits until it is over (O2)", async () => {
    const types: string[] = [];
    let aborted: boolean | undefined;
    const endless = defineNode({
      name: "endless",
      input: PORT,
      output: PORT,
      run: (_input, { signal }) =>
        new Promise<{ x: number }>((_, reject) =>
          signal.addEventListener("abort", () => ((aborted = true), reject(new Error("aborted"))), { once: true }),
        ),
    });
    const flow = new Workflow("left");
    const first = flow.addNode("first", endless, { x: 1 });
    flow.addNode("second", endless, { x: first.out.x });
    const runtime = new InlineRuntime({ observers: [{ onEvent: ({ type }) => void types.push(type) }] });
    for await (const { type } of runtime.stream(flow)) if (type === "node.started") break;
    expect(aborted).toBe(true);
    expect(types).toEqual(["run.started", "node.started", "node.cancelled", "run.ended"]);
  });

  test("throws the run's error after the last event", async () => {
    const flow = new Workflow("fails");
    const bad = defineNode({
      name: "bad",
      input: PORT,
      output: PORT,
      run: () => {
        throw new Error("no");
      },
    });
    flow.addNode("bad", bad, { x: 1 });
    const types: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { type } of new InlineRuntime().stream(flow)) types.push(type);
    };
    await expect(read()).rejects.toMatchObject({ code: "node_failed", nodeId: "bad" });
    expect(types.at(-1)).toBe("run.ended");
  });

  test("heeds the caller's own signal as well", async () => {
    const stop = new AbortController();
    stop.abort();
    const read = async (): Promise<void> => {
      for await (const each of new InlineRuntime().stream(chain(), { signal: stop.signal })) void each;
    };
    await expect(read()).rejects.toMatchObject({ code: "cancelled" });
  });
});

function chain(): Workflow {
  const pass = defineNode({ name: "pass", input: PORT, output: PORT, run: ({ x }) => ({ x }) });
  const flow = new Workflow("chain");
  const first = flow.addNode("first", pass, { x: 1 });
  flow.addNode("second", pass, { x: first.out.x });
  return flow;
}

function event(seq: number): RunEvent {
  return { type: "node.started", nodeId: "a", iteration: 0, runId: "r", seq, time: seq };
}
