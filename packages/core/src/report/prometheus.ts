import type { MetricsDocument } from "./metrics.ts";

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "summary";
  readonly help: string;
  readonly lines: readonly string[];
}

/** Writes metrics in Prometheus' text exposition format, version 0.0.4. */
export function toPrometheus(metrics: MetricsDocument): string {
  return familiesOf(metrics)
    .map(({ name, type, help, lines }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n"))
    .join("");
}

function familiesOf(metrics: MetricsDocument): Family[] {
  const { runs, totalTimeMs, lateResults, memoryBytes } = metrics;
  const single = (name: string, type: Family["type"], help: string, value: number): Family => ({
    name,
    type,
    help,
    lines: [`${name} ${value}`],
  });
  return [
    single("polyloom_runs_total", "counter", "Runs that ended.", runs),
    single("polyloom_run_duration_seconds_total", "counter", "Wall-clock time of the runs.", totalTimeMs / 1000),
    single("polyloom_late_results_total", "counter", "Results that came after their node was given up.", lateResults),
    durations(metrics),
    byNode(
      metrics,
      "polyloom_node_queue_wait_seconds_total",
      "Time that nodes waited for a slot.",
      ({ queueWaitMs }) => queueWaitMs / 1000,
    ),
    byNode(metrics, "polyloom_node_retries_total", "Attempts after the first.", ({ retries }) => retries),
    single("polyloom_heap_used_bytes", "gauge", "Used heap of the process.", memoryBytes.heapUsed),
    single("polyloom_resident_memory_bytes", "gauge", "Resident memory of the process.", memoryBytes.rss),
  ];
}

function durations({ nodes }: MetricsDocument): Family {
  const name = "polyloom_node_duration_seconds";
  const lines = Object.entries(nodes).flatMap(([id, { count, totalMs, p50Ms, p95Ms }]) => {
    const node = escapeLabel(id);
    return [
      `${name}{node="${node}",quantile="0.5"} ${p50Ms / 1000}`,
      `${name}{node="${node}",quantile="0.95"} ${p95Ms / 1000}`,
      `${name}_sum{node="${node}"} ${totalMs / 1000}`,
      `${name}_count{node="${node}"} ${count}`,
    ];
  });
  return { name, type: "summary", help: "Duration of node activations.", lines };
}

type NodeNumbers = MetricsDocument["nodes"][string];

function byNode({ nodes }: MetricsDocument, name: string, help: string, read: (node: NodeNumbers) => number): Family {
  const lines = Object.entries(nodes).map(([id, node]) => `${name}{node="${escapeLabel(id)}"} ${read(node)}`);
  return { name, type: "counter", help, lines };
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
