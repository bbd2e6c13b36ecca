import { defineNode, Workflow } from "@polyloom/core";
import { openTelemetryObserver } from "@polyloom/core/opentelemetry";
import { LocalRuntime } from "@polyloom/runtime-local";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { z } from "zod";

const double = defineNode({
  name: "double",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: 2 * x }),
});
const flow = new Workflow("doubling");
flow.addNode("node", double, { x: 1 });

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
// #region telemetry
const tracer = provider.getTracer("orders"); // without one, that of the global provider
const runtime = new LocalRuntime({ observers: [openTelemetryObserver({ tracer })] });
await runtime.execute(flow);
// #endregion telemetry
for (const { name } of exporter.getFinishedSpans()) console.log(name);
