import { context, type HrTime, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "./define/node.ts";
import { Workflow } from "./define/workflow.ts";
import type { Clock } from "./execute/clock.ts";
import { InlineRuntime } from "./execute/inline-runtime.fixture.ts";
import type { ExecuteOptions, RuntimeOptions } from "./execute/options.ts";
import { openTelemetryObserver } from "./opentelemetry.ts";

const PORT = z.object({ x: z.number() });

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

describe("context", () => {
  const manager = new AsyncLocalStorageContextManager();
  beforeAll(() => void context.setGlobalContextManager(manager.enable()));
  afterAll(() => context.disable());

  test("a run's span is a child of the span that is active where execute is called", async () => {
    const flow = new Workflow("child");
    flow.addNode("a", takes(1), { x: 1 });
    const { observer, exporter, provider } = recorder();
    const outer = provider.getTracer("test").startSpan("outer");
    await context.with(trace.setSpan(context.active(), outer), () =>
      new InlineRuntime({ observers: [observer] }).execute(flow),
    );
    const run = exporter.getFinishedSpans().find(({ name }) => name === "run child")!;
    expect(run.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });
});

describe("metrics", () => {
  test("count runs, failures, retries and iterations, and time nodes in seconds", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter });
    const provider = new MeterProvider({ readers: [reader] });
    const observer = openTelemetryObserver({ meter: provider.getMeter("test") });
    await run(measured(), [observer], {}, { retry: { attempts: 2, delayMs: 100 }, onFailure: "continue" });
    await provider.forceFlush();
    const found = exporter
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap(({ metrics }) => metrics);
    const points = (name: string): unknown[] => {
      const metric = found.find(({ descriptor }) => descriptor.name === name)!;
      return metric.dataPoints.map(({ attributes, value }) => [
        attributes,
        typeof value === "number" ? value : [value.count, value.sum],
      ]);
    };
    const of = { "polyloom.workflow": "measured" };
    expect(points("polyloom.runs")).toEqual([[{ ...of, "polyloom.status": "failed" }, 1]]);
    expect(points("polyloom.node.failures")).toEqual([
      [{ ...of, "polyloom.node.id": "bad", "error.type": "node_failed" }, 1],
    ]);
    expect(points("polyloom.node.retries")).toEqual([[{ ...of, "polyloom.node.id": "bad" }, 1]]);
    expect(points("polyloom.cycle.iterations")).toEqual([[{ ...of, "polyloom.cycle": "loop" }, 3]]);
    expect(points("polyloom.node.duration")).toEqual([
      [{ ...of, "polyloom.node.id": "step", "polyloom.status": "completed" }, [3, expect.closeTo(0.03)]],
      [{ ...of, "polyloom.node.id": "bad", "polyloom.status": "failed" }, [1, expect.closeTo(0.12)]],
    ]);
    expect(points("polyloom.run.duration")).toEqual([
      [{ ...of, "polyloom.status": "failed" }, [1, expect.closeTo(0.15)]],
    ]);
    expect(found.find(({ descriptor }) => descriptor.name === "polyloom.node.duration")!.descriptor.unit).toBe("s");
    await provider.shutdown();
  });
});

test("without an SDK it does nothing, and fails nothing (E7)", async () => {
  const result = await run(measured(), [openTelemetryObserver()], {}, { onFailure: "continue" });
  expect(result.results["step"]).toEqual({ x: 1 });
});

let now = 5000;
/** Only nodes and waits move it. */
const CLOCK: Clock = {
  now: () => now,
  set: (callback, milliseconds) =>
    setImmediate(() => {
      now += milliseconds;
      callback();
    }),
  clear: (timer) => clearImmediate(timer as NodeJS.Immediate),
  turn: (callback) => void setImmediate(callback),
};

function takes(milliseconds: number): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({ name: "takes", input: PORT, output: PORT, run: ({ x }) => ((now += milliseconds), { x }) });
}

function failsTimes(times: number): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  const run = ({ x }: { x: number }, { attempt }: { attempt: number }): { x: number } => {
    now += 10;
    if (attempt <= times) throw new Error("no luck");
    return { x };
  };
  return defineNode({ name: "failsTimes", input: PORT, output: PORT, run });
}

function measured(): Workflow {
  const flow = new Workflow("measured");
  const step = flow.addNode("step", takes(10), { x: 1 });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(3).build();
  flow.addNode("bad", failsTimes(9), { x: step.out.x });
  return flow;
}

function recorder(): {
  observer: ReturnType<typeof openTelemetryObserver>;
  exporter: InMemorySpanExporter;
  provider: TracerProvider;
} {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { exporter, provider, observer: openTelemetryObserver({ tracer: provider.getTracer("test") }) };
}

function run(
  flow: Workflow,
  observers: RuntimeOptions["observers"] & object,
  options: ExecuteOptions,
  settings: RuntimeOptions,
): ReturnType<InlineRuntime["execute"]> {
  return new InlineRuntime({ ...settings, observers, clock: CLOCK }).execute(flow, options);
}

async function spansOf(
  flow: Workflow,
  options: ExecuteOptions = {},
  settings: RuntimeOptions = {},
): Promise<ReadableSpan[]> {
  const { observer, exporter } = recorder();
  await run(flow, [observer], options, settings).catch(() => undefined);
  return exporter.getFinishedSpans();
}

/** Spans with their durations, below their parents, in the order of their start. */
function outline(spans: readonly ReadableSpan[], parent?: string, indent = ""): string[] {
  const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent);
  return children
    .toSorted((a, b) => millisecondsOf(a.startTime) - millisecondsOf(b.startTime))
    .flatMap((span) => [
      `${indent}${span.name} ${Math.round(millisecondsOf(span.duration))} ms`,
      ...outline(spans, span.spanContext().spanId, `${indent}  `),
    ]);
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
