import { ERROR_CODES } from "@polyloom/wire";
import type { Failure } from "../execute/failure.ts";
import type { Issue } from "../validate/issue.ts";
import { type Paint, plainText } from "./terminal-text.ts";

/** A failure in lines: its code and place, its message, what to do about it. */
export function failureLines(failure: Failure, paint: Paint): string[] {
  const { code, message } = failure;
  const place = placeOf(failure);
  const head = `${paint("✗", "red")} ${paint(code, "bold", "red")}${place === "" ? "" : ` at ${place}`}`;
  return [head, ...linesOf(message), ...causeLines(failure, paint), remedyLine(ERROR_CODES[code]?.remedy, paint)];
}

/** A problem of a workflow in lines. */
export function issueLines({ code, severity, place, message, remedy }: Issue, paint: Paint): string[] {
  const [mark, style] = severity === "error" ? (["✗", "red"] as const) : (["!", "yellow"] as const);
  return [
    `${paint(mark, style)} ${paint(code, "bold", style)} at ${plainText(place)}`,
    ...linesOf(message),
    remedyLine(remedy, paint),
  ];
}

function placeOf({ nodeId, iteration, attempt, details }: Failure): string {
  const parts: string[] = [];
  if (nodeId !== undefined) parts.push(`node "${plainText(nodeId)}"`);
  if (typeof details["cycle"] === "string") parts.push(`cycle "${plainText(details["cycle"])}"`);
  if (iteration !== undefined) parts.push(`iteration ${iteration}`);
  if (typeof details["index"] === "number") parts.push(`item ${details["index"]}`);
  if (attempt !== undefined && attempt > 1) parts.push(`attempt ${attempt}`);
  return parts.join(", ");
}

function linesOf(message: string): string[] {
  return message.split("\n").map((line) => `  ${plainText(line)}`);
}

/** Where a node threw: the first line of the cause's stack that is not the engine's. */
function causeLines({ cause }: Failure, paint: Paint): string[] {
  const stack = cause instanceof Error ? cause.stack : undefined;
  const line =
    typeof stack === "string" ? stack.split("\n").find((each) => /^\s+at .*:\d+:\d+\)?$/.test(each)) : undefined;
  return line === undefined ? [] : [`  ${paint(plainText(line.trim()), "dim")}`];
}

function remedyLine(remedy: string | undefined, paint: Paint): string {
  return `  ${paint("remedy:", "cyan")} ${plainText(remedy ?? "Read the message.")}`;
}
