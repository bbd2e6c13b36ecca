import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { openTelemetryObserver } from "../opentelemetry.ts";
import { measured, run } from "./recording.fixture.ts";

test("metrics count runs, failures, retries and iterations, and time nodes in seconds", async () => {
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
