import { deserializeError } from "@polyloom/wire";
import { writeLine } from "../observe/log-lines.ts";
import { type Outcome, placeFailed, type Task } from "../execute/task.ts";
import type { End, Report } from "./report.ts";

/** Passes on what a place tells of a task that runs there. */
export function takeReport(report: Report, { context }: Task): void {
  if (report.kind === "progress") return context.progress(report.done, report.total, report.message);
  writeLine(context.logger, report.line);
}

/** How a task ended, by the place's last word; keeps the state that it left (C8). */
export function takeEnd(end: End, { context }: Task): Outcome {
  switch (end.kind) {
    case "completed":
      if (end.state !== undefined) replace(context.state, end.state);
      return { status: "completed", output: end.output };
    case "threw":
      return { status: "failed", error: deserializeError(end.error) };
    case "refused":
      return placeFailed(deserializeError(end.error));
  }
}

function replace(state: Record<string, unknown>, by: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(state)) delete state[key];
  Object.defineProperties(state, Object.getOwnPropertyDescriptors(by));
}
