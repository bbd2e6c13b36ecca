import { constants } from "node:os";

import { type ErrorCode, PolyloomError } from "@polyloom/wire";

/** Why this process ended a container. */
export type EndReason = "stopped" | "timeout" | "output-limit";

/** How a container ended, as {@link endVerdict} makes it out. */
export type ContainerEnd =
  | { readonly kind: "exited"; readonly exitCode: number; readonly childOutOfMemory: boolean }
  /** The command is not there, or cannot be executed. */
  | { readonly kind: "not-started"; readonly exitCode: number }
  | { readonly kind: "out-of-memory"; readonly where: "container" | "heap"; readonly exitCode: number }
  /** By a signal that did not come from here. */
  | { readonly kind: "killed"; readonly signal: string; readonly exitCode: number }
  | { readonly kind: "removed" }
  | { readonly kind: "ended-here"; readonly reason: EndReason; readonly exitCode: number | undefined }
  | { readonly kind: "engine-lost" };

/** What was seen of an end. */
export interface EndSigns {
  readonly reason: EndReason | undefined;
  readonly engineLost: boolean;
  readonly oom: boolean;
  readonly exitCode: number | undefined;
  /** Whether the engine told of a signal that was sent to the container. */
  readonly killEvent: boolean;
  /** Whether somebody was removing the container when that signal came. */
  readonly removal: boolean;
  /** The last of stderr. */
  readonly stderr: string;
}

/** What an error about a container tells of it. */
export interface EndContext {
  readonly containerId: string;
  readonly image: string;
  readonly logs: string;
  readonly limits: Readonly<Record<string, number>>;
}

const HEAP_EXHAUSTED = /Reached heap limit|JavaScript heap out of memory/;
const SIGNAL_BASE = 128;
// The engine's init starts well even where the command does not.
const EXEC_FAILED = /\[FATAL tini[^\n]*exec [^\n]* failed/;

/**
 * One verdict from all signs, the surest first: what was done here, the engine's own end, memory, the heap, a
 * signal, the exit code.
 */
export function endVerdict(signs: EndSigns): ContainerEnd {
  const { reason, exitCode } = signs;
  if (reason !== undefined) return { kind: "ended-here", reason, exitCode };
  if (signs.engineLost) return { kind: "engine-lost" };
  if (signs.removal || exitCode === undefined) return { kind: "removed" };
  if (signs.oom && exitCode === SIGNAL_BASE + constants.signals.SIGKILL) {
    return { kind: "out-of-memory", where: "container", exitCode };
  }
  if (exitCode !== 0 && HEAP_EXHAUSTED.test(signs.stderr)) return { kind: "out-of-memory", where: "heap", exitCode };
  if (EXEC_FAILED.test(signs.stderr)) return { kind: "not-started", exitCode };
  const signal = signalOf(exitCode);
  if (signs.killEvent && signal !== undefined) return { kind: "killed", signal, exitCode };
  return { kind: "exited", exitCode, childOutOfMemory: signs.oom };
}

/** An end as an error with its code, the container's id, its limits and last lines; undefined for a good end. */
export function endError(end: ContainerEnd, context: EndContext): PolyloomError | undefined {
  if (end.kind === "exited" && end.exitCode === 0 && !end.childOutOfMemory) return undefined;
  const [code, text] = describe(end, context);
  const shortId = context.containerId.slice(0, 12);
  const tail = context.logs.trim() === "" ? "" : `\nIts last lines:\n${context.logs.trimEnd()}`;
  const message = `The container ${shortId} of ${context.image} ${text}.${tail}`;
  return new PolyloomError(code, message, { details: { ...context, end } });
}

function describe(end: ContainerEnd, { limits }: EndContext): [ErrorCode, string] {
  switch (end.kind) {
    case "exited":
      if (end.childOutOfMemory) {
        return ["out_of_memory", `lost a process that went beyond the limit of memory (${limit(limits, "memory")})`];
      }
      return ["container_failed", exitText(end.exitCode)];
    case "not-started":
      return ["container_start_failed", "has a command that is not there, or cannot be executed"];
    case "out-of-memory":
      return ["out_of_memory", memoryText(end.where, limits)];
    case "killed":
      return ["container_killed", `was killed by ${end.signal}, which did not come from here`];
    case "removed":
      return ["container_removed", "was removed while it ran"];
    case "engine-lost":
      return ["engine_lost", "was lost: the engine stopped answering"];
    case "ended-here":
      return endedHere(end.reason, limits);
  }
}

function endedHere(reason: EndReason, limits: EndContext["limits"]): [ErrorCode, string] {
  switch (reason) {
    case "timeout":
      return ["container_timeout", `took longer than ${limit(limits, "timeoutMs")} ms, and was killed`];
    case "output-limit":
      return ["output_limit_exceeded", `wrote more than ${limit(limits, "outputBytes")} bytes, and was killed`];
    case "stopped":
      return ["cancelled", "was stopped before it had finished"];
  }
}

function memoryText(where: "container" | "heap", limits: EndContext["limits"]): string {
  const bound = limit(limits, "memory");
  return where === "heap"
    ? `filled its JavaScript heap (memory ${bound})`
    : `went beyond its limit of memory (${bound})`;
}

function exitText(exitCode: number): string {
  const signal = signalOf(exitCode);
  return signal === undefined
    ? `exited with code ${exitCode}`
    : `exited with code ${exitCode}, which is what ${signal} gives`;
}

function limit(limits: EndContext["limits"], name: string): string {
  return String(limits[name] ?? "none set");
}

function signalOf(exitCode: number): string | undefined {
  const found = Object.entries(constants.signals).find(([, number]) => number === exitCode - SIGNAL_BASE);
  return found?.[0];
}
