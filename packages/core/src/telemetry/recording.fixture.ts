import type { HrTime } from "@opentelemetry/api";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { Clock } from "../execute/clock.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { ExecuteOptions, RuntimeOptions } from "../execute/options.ts";
import { openTelemetryObserver } from "../opentelemetry.ts";

export const PORT = z.object({ x: z.number() });

let now = 5000;
/** Only nodes and waits move it. */
export const CLOCK: Clock = {
  now: () => now,
  set: (callback, milliseconds) =>
    setImmediate(() => {
      now += milliseconds;
      callback();
    }),
  clear: (timer) => clearImmediate(timer as NodeJS.Immediate),
  turn: (callback) => void setImmediate(callback),
};

export function takes(milliseconds: number): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  return defineNode({ name: "takes", input: PORT, output: PORT, run: ({ x }) => ((now += milliseconds), { x }) });
}

export function failsTimes(times: number): ReturnType<typeof defineNode<typeof PORT, typeof PORT>> {
  const run = ({ x }: { x: number }, { attempt }: { attempt: number }): { x: number } => {
    now += 10;
    if (attempt <= times) throw new Error("no luck");
    return { x };
  };
  return defineNode({ name: "failsTimes", input: PORT, output: PORT, run });
}

export function measured(): Workflow {
  const flow = new Workflow("measured");
  const step = flow.addNode("step", takes(10), { x: 1 });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(3).build();
  flow.addNode("bad", failsTimes(9), { x: step.out.x });
  return flow;
}

export function recorder(): {
  observer: ReturnType<typeof openTelemetryObserver>;
  exporter: InMemorySpanExporter;
  provider: TracerProvider;
} {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { exporter, provider, observer: openTelemetryObserver({ tracer: provider.getTracer("test") }) };
}

export function run(
  flow: Workflow,
  observers: RuntimeOptions["observers"] & object,
  options: ExecuteOptions,
  settings: RuntimeOptions,
): ReturnType<InlineRuntime["execute"]> {
  return new InlineRuntime({ ...settings, observers, clock: CLOCK }).execute(flow, options);
}

export async function spansOf(
  flow: Workflow,
  options: ExecuteOptions = {},
  settings: RuntimeOptions = {},
): Promise<ReadableSpan[]> {
  const { observer, exporter } = recorder();
  await run(flow, [observer], options, settings).catch(() => undefined);
  return exporter.getFinishedSpans();
}

/** Spans with their durations, below their parents, in the order of their start. */
export function outline(spans: readonly ReadableSpan[], parent?: string, indent = ""): string[] {
  const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent);
  return children
    .toSorted((a, b) => millisecondsOf(a.startTime) - millisecondsOf(b.startTime))
    .flatMap((span) => [
      `${indent}${span.name} ${Math.round(millisecondsOf(span.duration))} ms`,
      ...outline(spans, span.spanContext().spanId, `${indent}  `),
    ]);
}

export function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
