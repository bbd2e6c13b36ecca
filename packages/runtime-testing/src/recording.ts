import { PolyloomError } from "@polyloom/core";
import type { Outcome, Task } from "@polyloom/core/runtime";
import { mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fromRecorded, type RecordedValue, toRecorded } from "./recorded-value.ts";

/** One call of a node as it stands in a file; without output and error it never ended. */
export interface RecordedCall {
  readonly node: string;
  readonly attempt: number;
  /** Of the innermost cycle, from 1; absent outside cycles. */
  readonly iteration?: number;
  /** Of a map's item, from 0. */
  readonly index?: number;
  readonly input: RecordedValue;
  output?: RecordedValue;
  error?: RecordedValue;
  /** Milliseconds; absent where the node returned a plain value. */
  durationMs?: number;
}

/** The calls of one run, in the order of their starts. */
export interface Recording {
  readonly format: "polyloom-recording";
  readonly version: 1;
  readonly workflow: string;
  readonly calls: readonly RecordedCall[];
}

/** Writes down the calls of one run. */
export class Recorder {
  readonly #calls: RecordedCall[] = [];
  #workflow = "";

  /**
   * Notes a call and its inputs as they are before the node sees them.
   * @throws PolyloomError `not_transferable`
   */
  begin(task: Task): RecordedCall {
    const { nodeId, attempt, iteration, index } = task;
    this.#workflow = task.workflow;
    const place = { ...(iteration > 0 && { iteration }), ...(index !== undefined && { index }) };
    const call = { node: nodeId, attempt, ...place, input: toRecorded(task.input, `${nodeId}.inputs`) };
    this.#calls.push(call);
    return call;
  }

  /** Notes how a call ended; the outcome of one that cannot be kept is `not_transferable`. */
  end(call: RecordedCall, outcome: Outcome, durationMs: number | undefined): Outcome {
    try {
      if (outcome.status === "completed") call.output = toRecorded(outcome.output, `${call.node}.outputs`);
      else call.error = toRecorded(outcome.error, `${call.node}.error`);
      if (durationMs !== undefined) call.durationMs = Math.round(durationMs * 1000) / 1000;
      return outcome;
    } catch (error) {
      return failedWith(error);
    }
  }

  /** Writes the file: JSON, a line for each call. */
  async save(path: string): Promise<void> {
    const lines = this.#calls.map((call) => `    ${JSON.stringify(call)}`).join(",\n");
    const head = `{\n  "format": "polyloom-recording",\n  "version": 1,\n  "workflow": ${JSON.stringify(this.#workflow)}`;
    await writeFile(path, `${head},\n  "calls": [\n${lines}\n  ]\n}\n`);
  }
}

/** The outcome of a call that something other than the node stopped. */
export function failedWith(error: unknown): Outcome {
  return error instanceof PolyloomError
    ? { status: "failed", error, code: error.code, details: error.details }
    : { status: "failed", error };
}

/**
 * Makes the folder that a recording is to stand in.
 * @throws PolyloomError `invalid_option`
 */
export function prepareFile(path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return path;
  } catch (cause) {
    throw new PolyloomError("invalid_option", `recordTo cannot write ${String(path)}`, { cause });
  }
}

/**
 * Reads a recording.
 * @throws PolyloomError `invalid_option` when there is no such file, `decode_failed` when it holds something else
 */
export function readRecording(path: string): Recording {
  const text = readText(path);
  try {
    const recording = JSON.parse(text) as Recording;
    if (recording.format === "polyloom-recording" && recording.version === 1 && Array.isArray(recording.calls))
      return recording;
  } catch {
    // told below, as for JSON that is something else
  }
  throw new PolyloomError("decode_failed", `${path} is not a recording that this version of TestingRuntime wrote`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new PolyloomError("invalid_option", `replayFrom cannot read ${String(path)}; record the run first`, {
      cause,
    });
  }
}

/** What a recorded call gave. */
export function outcomeOfCall({ output, error }: RecordedCall): Outcome {
  if (output !== undefined) return { status: "completed", output: fromRecorded(output) };
  const thrown = fromRecorded(error!);
  return { status: "failed", error: thrown };
}
