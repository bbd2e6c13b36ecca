import type { Readable } from "node:stream";

import { type ErrorCode, PolyloomError } from "@polyloom/wire";

import { jsonLines } from "../engine/json-lines.ts";

/** One line of what an engine tells while it builds, pulls or imports. */
export interface ProgressEvent {
  /** Output of the build, or what is done now. */
  readonly text: string;
  /** Of a layer that is pulled: its id, and how far it is. */
  readonly layer?: string;
  readonly currentBytes?: number;
  readonly totalBytes?: number;
}

const KEPT_LINES = 100;

/**
 * Reads what an engine tells to its end, and throws the failure that it may tell of, which comes in a stream that
 * began well; the error has the last lines in details.output.
 */
export async function drainProgress(
  stream: Readable,
  code: ErrorCode,
  image: string,
  onProgress?: (event: ProgressEvent) => void,
): Promise<void> {
  const output: string[] = [];
  for await (const line of jsonLines(stream)) {
    const failure = line["error"];
    if (typeof failure === "string") throw failed(code, image, failure, output);
    const event = progressEvent(line);
    if (event === undefined) continue;
    output.push(event.text);
    if (output.length > KEPT_LINES) output.shift();
    onProgress?.(event);
  }
}

function progressEvent(line: Readonly<Record<string, unknown>>): ProgressEvent | undefined {
  const text = line["stream"] ?? line["status"];
  if (typeof text !== "string") return undefined;
  const { current, total } = (line["progressDetail"] ?? {}) as { current?: number; total?: number };
  return {
    text,
    ...(typeof line["id"] === "string" && { layer: line["id"] }),
    ...(current !== undefined && { currentBytes: current }),
    ...(total !== undefined && { totalBytes: total }),
  };
}

function failed(code: ErrorCode, image: string, failure: string, lines: readonly string[]): PolyloomError {
  const output = lines.join("").trimEnd();
  const shown = output === "" ? "" : `\nIts last lines:\n${output.split("\n").slice(-20).join("\n")}`;
  return new PolyloomError(code, `The image ${image}: ${failure}${shown}`, { details: { image, failure, output } });
}
