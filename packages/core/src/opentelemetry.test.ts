import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "./define/node.ts";
import { Workflow } from "./define/workflow.ts";
import { InlineRuntime } from "./execute/inline-runtime.fixture.ts";
import { openTelemetryObserver } from "./opentelemetry.ts";
import {
  failsTimes,
  measured,
  millisecondsOf,
  outline,
  PORT,
  recorder,
  run,
  spansOf,
  takes,
} from "./telemetry/recording.fixture.ts";

describe("spans", () => {
  test("run → node → attempt, with the host's times", async () => {
    const flow = new Workflow("chain");
    const first = flow.addNode("first", takes(10), { x: 1 });
    flow.addNode("second", takes(30), { x: first.out.x });
    const spans = await spansOf(flow, { runId: "r1" });
    expect(outline(spans)).toEqual([
      "run chain 40 ms",
      "  node first 10 ms",
      "    attempt first 10 ms",
      "  node second 30 ms",
      "    attempt second 30 ms",
    ]);
    const run = spans.find(({ name }) => name === "run chain")!;
    expect(run.attributes).toEqual({
      "polyloom.run.id": "r1",
      "polyloom.workflow": "chain",
      "polyloom.runtime": "inline",
      "polyloom.status": "completed",
    });
    expect(Math.abs(millisecondsOf(run.startTime) - Date.now())).toBeLessThan(60_000);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  test("an attempt for each, failed ones marked, and the waits between them left out", async () => {
    const flow = new Workflow("again");
    flow.addNode("flaky", failsTimes(2), { x: 1 });
    const spans = await spansOf(flow, {}, { retry: { attempts: 3, delayMs: 100, backoff: "fixed" } });
    expect(outline(spans)).toEqual([
      "run again 230 ms",
      "  node flaky 230 ms",
      "    attempt flaky 10 ms",
      "    attempt flaky 10 ms",
      "    attempt flaky 10 ms",
    ]);
    const attempts = spans
      .filter(({ name }) => name === "attempt flaky")
      .toSorted((a, b) => millisecondsOf(a.startTime) - millisecondsOf(b.startTime));
    expect(attempts.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
    expect(attempts.map(({ attributes }) => attributes["polyloom.attempt"])).toEqual([1, 2, 3]);
    const node = spans.find(({ name }) => name === "node flaky")!;
    expect(node.status.code).toBe(SpanStatusCode.UNSET);
    expect(node.attributes).toMatchObject({ "polyloom.status": "completed", "polyloom.attempts": 3 });
    expect(node.events.map(({ name, attributes }) => [name, attributes?.["polyloom.attempt"]])).toEqual([
      ["node.retrying", 1],
      ["node.retrying", 2],
    ]);
  });

  test("a failure is recorded with its code on attempt, node and run", async () => {
    const flow = new Workflow("fails");
    flow.addNode("bad", failsTimes(1), { x: 1 });
    const spans = await spansOf(flow);
    for (const { name, attributes, status } of spans) {
      expect([name, attributes["error.type"]]).toEqual([name, "node_failed"]);
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'node "bad" failed: no luck' });
    }
    const attempt = spans.find(({ name }) => name === "attempt bad")!;
    expect(attempt.events).toMatchObject([{ name: "exception", attributes: { "exception.type": "node_failed" } }]);
    expect(spans.find(({ name }) => name === "run fails")!.attributes).toMatchObject({
      "polyloom.status": "failed",
      "polyloom.node.id": "bad",
    });
  });

  test("iterations, the end of a cycle and skipped nodes are events of the run's span", async () => {
    const flow = new Workflow("events");
    const step = flow.addNode("step", takes(10), { x: 1 });
    flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(2).build();
    const dead = flow.addNode(
      "dead",
      defineNode({ name: "dead", input: PORT, output: z.object({ x: z.number().optional() }), run: () => ({}) }),
      { x: step.out.x },
    );
    flow.addNode("skipped", takes(10), { x: dead.out.x as never });
    const spans = await spansOf(flow);
    const run = spans.find(({ name }) => name === "run events")!;
    expect(run.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["cycle.iteration", { "polyloom.cycle": "loop", "polyloom.iteration": 1 }],
      ["cycle.iteration", { "polyloom.cycle": "loop", "polyloom.iteration": 2 }],
      ["cycle.ended", { "polyloom.cycle": "loop", "polyloom.iterations": 2, "polyloom.reason": "max_iterations" }],
      ["node.skipped", { "polyloom.node.id": "skipped", "polyloom.iteration": 0 }],
    ]);
    expect(millisecondsOf(run.events[1]!.time) - millisecondsOf(run.startTime)).toBeCloseTo(20, 2);
    const nodes = spans.filter(({ name }) => name === "node step");
    expect(nodes.map(({ attributes }) => attributes["polyloom.iteration"])).toEqual([1, 2]);
    expect(spans.some(({ name }) => name.includes("skipped"))).toBe(false);
  });

  test("a cancelled run ends every span that it began", async () => {
    const stop = new AbortController();
    const flow = new Workflow("stopped");
    const waits = defineNode({
      name: "waits",
      input: PORT,
      output: PORT,
      run: (_input, { signal }) =>
        new Promise<{ x: number }>((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
          stop.abort();
        }),
    });
    flow.addNode("waits", waits, { x: 1 });
    const spans = await spansOf(flow, { signal: stop.signal });
    expect(outline(spans).map((line) => line.replace(/ [\d.]+ ms$/, ""))).toEqual([
      "run stopped",
      "  node waits",
      "    attempt waits",
    ]);
    expect(spans.map(({ attributes }) => attributes["polyloom.status"])).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
  });

  test("runs at once keep their spans apart", async () => {
    const flow = new Workflow("twice");
    flow.addNode("a", defineNode({ name: "a", input: PORT, output: PORT, run: async ({ x }) => ({ x }) }), { x: 1 });
    const { observer, exporter } = recorder();
    const runtime = new InlineRuntime({ observers: [observer] }, 2);
    await Promise.all([runtime.execute(flow), runtime.execute(flow)]);
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(6);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(2);
  });
});

test("without an SDK it does nothing, and fails nothing (E7)", async () => {
  const result = await run(measured(), [openTelemetryObserver()], {}, { onFailure: "continue" });
  expect(result.results["step"]).toEqual({ x: 1 });
});
