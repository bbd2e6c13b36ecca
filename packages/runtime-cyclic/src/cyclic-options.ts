import { type CycleStopReason, PolyloomError } from "@polyloom/core";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { memorySize } from "@polyloom/runtime-parallel";
import { inspect } from "node:util";
import { z } from "zod";
import type { IterationRecord, WindowSize } from "./history-window.ts";

/** What a hook is told after an iteration. */
export interface IterationMoment extends IterationRecord {
  readonly runId: string;
  readonly cycle: string;
}

/** What a hook is told when a cycle is over: the last moment at which its nodes' state is there. */
export interface CycleEndMoment {
  readonly runId: string;
  readonly cycle: string;
  readonly iterations: number;
  readonly reason: CycleStopReason;
  /** Milliseconds since the cycle began. */
  readonly elapsedMs: number;
  /** What nodes of the body left in `context.state`, by node id; of a map a list, one an item. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Options of {@link CyclicRuntime}: those of every runtime, and what is kept and told of cycles. */
export interface CyclicRuntimeOptions extends RuntimeOptions {
  /** How many iterations a cycle keeps to be read afterwards: by number, by bytes (or a text such as `"10MB"`), or both. Default: none. */
  readonly history?: { readonly iterations?: number; readonly bytes?: number | string };
  /** Told of each iteration, in order. What it throws is logged; a promise that it gives is not waited for. */
  readonly onIteration?: (moment: IterationMoment) => void;
  /** Told when a cycle is over, however it ends, before the state of its nodes is dropped. */
  readonly onCycleEnd?: (moment: CycleEndMoment) => void;
  /** Most bytes, or a text such as `"500MB"`, that one cycle keeps from one iteration to the next: last outputs, state, history. Default: no limit. */
  readonly memoryLimit?: number | string;
}

/** The options that are the runtime's own, complete. */
export interface CyclicSettings {
  readonly history: WindowSize | undefined;
  readonly onIteration: ((moment: IterationMoment) => unknown) | undefined;
  readonly onCycleEnd: ((moment: CycleEndMoment) => unknown) | undefined;
  /** In bytes. */
  readonly memoryLimit: number | undefined;
}

const size = 'has to be a number of bytes above 0 or a text such as "10MB"';
const bytes = z
  .union([z.number(), z.string()], size)
  .transform((value) => memorySize(value) ?? 0)
  .refine((value) => value > 0, size);
const hook = <M>(): z.ZodType<(moment: M) => unknown> =>
  z.custom<(moment: M) => unknown>((value) => typeof value === "function", "has to be a function");
const window = 'has to be { iterations: 100 }, { bytes: "10MB" } or both';

const SHAPE = z.object({
  history: z
    .strictObject(
      {
        iterations: z.int("has to be a whole number from 1").min(1, "has to be a whole number from 1").optional(),
        bytes: bytes.optional(),
      },
      window,
    )
    .refine((value) => value.iterations !== undefined || value.bytes !== undefined, window)
    .transform((value) => ({ iterations: value.iterations ?? Infinity, bytes: value.bytes ?? Infinity }))
    .optional(),
  onIteration: hook<IterationMoment>().optional(),
  onCycleEnd: hook<CycleEndMoment>().optional(),
  memoryLimit: bytes.optional(),
});

/** The names of these options. */
export const OWN_OPTIONS: readonly string[] = Object.keys(SHAPE.shape);

/**
 * Checks the options that are the runtime's own, and completes them.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function cyclicSettings(options: CyclicRuntimeOptions): CyclicSettings {
  const parsed = SHAPE.safeParse(options);
  if (!parsed.success) throw invalid(options, parsed.error.issues[0]!);
  const { history, onIteration, onCycleEnd, memoryLimit } = parsed.data;
  return { history, onIteration, onCycleEnd, memoryLimit };
}

function invalid(options: object, { path, message }: z.core.$ZodIssue): PolyloomError {
  const option = path.map(String).join(".");
  const found = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], options);
  const shown = inspect(found, { depth: -1, breakLength: Infinity });
  return new PolyloomError("invalid_option", `runtime: ${option} ${message}, not ${shown.slice(0, 80)}`, {
    details: { option, expected: message },
  });
}
