import type { WorkflowError } from "../execute/failure.ts";
import { cycleReportLine } from "./cycle-text.ts";
import type { CycleReport } from "./cycle-report.ts";
import { formatDuration } from "./duration.ts";
import { failureLines, issueLines } from "./failure-text.ts";
import type { Metrics } from "./metrics.ts";
import { nodeTable } from "./node-table.ts";
import type { RunResult } from "./run-result.ts";
import { type Paint, plainText, type TextOptions, textSettings } from "./terminal-text.ts";

/** Most failures or issues that a summary shows. */
const MOST_PROBLEMS = 20;

/** A run in lines for the terminal: status and time, nodes with a timeline, cycles, metrics, errors with their remedies. */
export function runSummary(result: RunResult, options: TextOptions = {}): string {
  const { paint, width } = textSettings(options);
  const totalMs = totalTimeOf(result);
  const parts = [
    [headLine(result, totalMs, paint)],
    nodeTable(result, totalMs, width, paint),
    cycleLines(result.cycles, paint),
    metricLines(result.metrics),
    result.errors.slice(0, MOST_PROBLEMS).flatMap((failure) => failureLines(failure, paint)),
    moreLine(result.errors.length, "errors"),
  ];
  return written(parts);
}

/** An error in lines for the terminal: where each failure happened and what to do about it, and how far the run came. */
export function errorSummary(error: WorkflowError, options: TextOptions = {}): string {
  const { paint } = textSettings(options);
  const { workflow, code, runId, errors, issues } = error;
  const run = runId === undefined ? "did not start" : code === "cancelled" ? "was cancelled" : "failed";
  const parts = [
    [
      `${paint(plainText(workflow), "bold")} ${paint(run, "red")}: ${code}${runId === undefined ? "" : ` (run ${plainText(runId)})`}`,
    ],
    errors.slice(0, MOST_PROBLEMS).flatMap((failure) => failureLines(failure, paint)),
    moreLine(errors.length, "errors"),
    issues.slice(0, MOST_PROBLEMS).flatMap((issue) => issueLines(issue, paint)),
    moreLine(issues.length, "issues"),
    cycleLines(error.cycles, paint),
    runId === undefined ? [] : [completedLine(Object.keys(error.partialResults))],
  ];
  return written(parts);
}

function written(parts: readonly (readonly string[])[]): string {
  const some = parts.filter((lines) => lines.length > 0);
  return `${some.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function headLine({ workflow, status, runtime, runId }: RunResult, totalMs: number | undefined, paint: Paint): string {
  const time = totalMs === undefined ? "" : ` in ${formatDuration(totalMs)}`;
  const ended = paint(status, status === "completed" ? "green" : "red");
  return `${paint(plainText(workflow), "bold")} ${ended}${time} on ${plainText(runtime)} ${paint(`(run ${plainText(runId)})`, "dim")}`;
}

/** Measured where metrics were collected; else from the start to the last end of a node, where times were kept. */
function totalTimeOf({ metrics, nodes }: RunResult): number | undefined {
  if (metrics !== undefined) return metrics.totalTime;
  let end: number | undefined;
  for (const { startMs, durationMs } of Object.values(nodes))
    if (startMs !== undefined && durationMs !== undefined) end = Math.max(end ?? 0, startMs + durationMs);
  return end;
}

function cycleLines(cycles: Readonly<Record<string, CycleReport>>, paint: Paint): string[] {
  return Object.entries(cycles).map(
    ([name, report]) => `${paint("cycle", "cyan")} ${plainText(name)}: ${cycleReportLine(report)}`,
  );
}

function metricLines(metrics: Metrics | undefined): string[] {
  if (metrics === undefined) return [];
  const times = Object.values(metrics.nodeTimes);
  const sum = (read: (each: (typeof times)[number]) => number): number =>
    times.reduce((total, each) => total + read(each), 0);
  const { heapUsed, heapGrowth } = metrics.memoryUsage;
  const late = metrics.lateResults === 0 ? "" : `, ${metrics.lateResults} late results`;
  return [
    `activations ${sum(({ count }) => count)}, retries ${sum(({ retries }) => retries)}${late}`,
    `in nodes ${formatDuration(sum(({ total }) => total))}, waiting for a slot ${formatDuration(sum(({ queueWait }) => queueWait))}`,
    `heap ${megabytes(heapUsed)} (${heapGrowth < 0 ? "" : "+"}${megabytes(heapGrowth)})`,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function moreLine(count: number, what: string): string[] {
  return count > MOST_PROBLEMS ? [`and ${count - MOST_PROBLEMS} more ${what}`] : [];
}

function completedLine(ids: readonly string[]): string {
  if (ids.length === 0) return "no node had completed";
  const shown = ids.slice(0, 10).map(plainText).join(", ");
  return `completed before: ${shown}${ids.length > 10 ? ` and ${ids.length - 10} more` : ""}`;
}
