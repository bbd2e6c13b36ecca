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
  const totalMs = result.metrics?.totalTime ?? lastEndOf(result);
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

/** An error in lines for the terminal: how far the run came, where each failure happened and what to do about it. */
export function errorSummary(error: WorkflowError, options: TextOptions = {}): string {
  const { paint, width } = textSettings(options);
  const { errors, issues } = error;
  const parts = [
    [errorHeadLine(error, paint)],
    nodeTable(error, lastEndOf(error), width, paint),
    cycleLines(error.cycles, paint),
    errors.slice(0, MOST_PROBLEMS).flatMap((failure) => failureLines(failure, paint)),
    moreLine(errors.length, "errors"),
    issues.slice(0, MOST_PROBLEMS).flatMap((issue) => issueLines(issue, paint)),
    moreLine(issues.length, "issues"),
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

function errorHeadLine({ workflow, code, runId }: WorkflowError, paint: Paint): string {
  const ended = runId === undefined ? "did not start" : code === "cancelled" ? "was cancelled" : "failed";
  const run = runId === undefined ? "" : ` ${paint(`(run ${plainText(runId)})`, "dim")}`;
  return `${paint(plainText(workflow), "bold")} ${paint(ended, "red")}: ${code}${run}`;
}

/** When the last node ended, in milliseconds after the start; only where times were kept. */
function lastEndOf({ nodes }: Pick<RunResult, "nodes">): number | undefined {
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
