import { availableParallelism } from "node:os";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { memorySize } from "./memory-size.ts";

/** Options of {@link ParallelRuntime}: those of every runtime, and what its workers are. */
export interface ParallelRuntimeOptions extends RuntimeOptions {
  /** Most worker threads, which is the most tasks at once. Default: `os.availableParallelism()`. */
  readonly maxWorkers?: number;
  /** Worker threads that start with the first run and stay while idle. Default 0. */
  readonly minWorkers?: number;
  /** Whether small nodes, chains and cycles go to a worker in one message. Default true. */
  readonly fuse?: boolean;
  /** Items that go to a worker together, for maps that set no `chunkSize`. */
  readonly chunkSize?: number;
  /** Most memory of one worker, heap and buffers: bytes, or a text such as `"2GB"`. Default: no limit. */
  readonly memoryLimit?: number | string;
  /** How long a worker above `minWorkers` stays while idle, in milliseconds, or `Infinity`. Default 10,000. */
  readonly idleTimeoutMs?: number;
  /** All that is in `process.env` of the workers. Default: a copy of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own flags for the workers, such as `["--import", "tsx"]`, beside those here that say how modules load. */
  readonly execArgv?: readonly string[];
}

/** The options that are the runtime's own, complete. */
export interface WorkerSettings {
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly fuse: boolean;
  readonly chunkSize: number | undefined;
  /** In bytes. */
  readonly memoryLimit: number | undefined;
  readonly idleTimeoutMs: number;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly execArgv: readonly string[] | undefined;
}

/** What a worker takes before any node runs there. */
const SMALLEST_LIMIT = 64 * 2 ** 20;

const count = z.int("has to be a whole number from 1").min(1, "has to be a whole number from 1");
const memoryLimit = z
  .union([z.number(), z.string()], 'has to be a number of bytes or a text such as "512MB"')
  .refine((size) => memorySize(size) !== undefined, 'has to be a number of bytes or a text such as "512MB"')
  .refine(
    (size) => memorySize(size)! >= SMALLEST_LIMIT,
    "has to be 64MB or more: that is what an idle worker may take",
  );

const SHAPE = z.object({
  maxWorkers: count.default(() => availableParallelism()),
  minWorkers: z.int("has to be a whole number from 0").min(0, "has to be a whole number from 0").default(0),
  fuse: z.boolean("has to be true or false").default(true),
  chunkSize: count.optional(),
  memoryLimit: memoryLimit.transform((size) => memorySize(size)!).optional(),
  idleTimeoutMs: z
    .union([z.number().positive(), z.literal(Infinity)], "has to be a number of milliseconds above 0, or Infinity")
    .default(10_000),
  env: z.record(z.string(), z.string("has to be a text"), "has to be an object of texts by name").optional(),
  execArgv: z.array(z.string("has to be a text"), "has to be a list of flags").optional(),
});

/** The names of these options. */
export const OWN_OPTIONS: readonly string[] = Object.keys(SHAPE.shape);

/**
 * Checks the options that are the runtime's own, and completes them.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function workerSettings(options: ParallelRuntimeOptions): WorkerSettings {
  const parsed = SHAPE.safeParse(options);
  if (!parsed.success) throw invalidOption(options, parsed.error.issues[0]!);
  const { minWorkers, maxWorkers, chunkSize, memoryLimit, env, execArgv, ...rest } = parsed.data;
  if (minWorkers > maxWorkers)
    throw invalid("minWorkers", `has to be at most maxWorkers, which is ${maxWorkers}`, minWorkers);
  return { ...rest, minWorkers, maxWorkers, chunkSize, memoryLimit, env, execArgv };
}

function invalidOption(options: ParallelRuntimeOptions, { path, message }: z.core.$ZodIssue): PolyloomError {
  const value = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], options);
  return invalid(path.map(String).join("."), message, value);
}

function invalid(option: string, expected: string, found: unknown): PolyloomError {
  const shown = typeof found === "string" ? JSON.stringify(found) : String(found);
  return new PolyloomError("invalid_option", `runtime: ${option} ${expected}, not ${shown.slice(0, 80)}`, {
    details: { option, expected },
  });
}
