import { availableParallelism } from "node:os";
import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { memorySize } from "./memory-size.js";
/** What a worker takes before any node runs there. */
const SMALLEST_LIMIT = 64 * 2 ** 20;
const count = z.int("has to be a whole number from 1").min(1, "has to be a whole number from 1");
const memoryLimit = z
  .union([z.number(), z.string()], 'has to be a number of bytes or a text such as "512MB"')
  .refine((size) => memorySize(size) !== undefined, 'has to be a number of bytes or a text such as "512MB"')
  .refine((size) => memorySize(size) >= SMALLEST_LIMIT, "has to be 64MB or more: that is what an idle worker may take");
const SHAPE = z.object({
  maxWorkers: count.default(() => availableParallelism()),
  minWorkers: z.int("has to be a whole number from 0").min(0, "has to be a whole number from 0").default(0),
  fuse: z.boolean("has to be true or false").default(true),
  chunkSize: count.optional(),
  memoryLimit: memoryLimit.transform((size) => memorySize(size)).optional(),
  idleTimeoutMs: z
    .union([z.number().positive(), z.literal(Infinity)], "has to be a number of milliseconds above 0, or Infinity")
    .default(10_000),
  env: z.record(z.string(), z.string("has to be a text"), "has to be an object of texts by name").optional(),
  execArgv: z.array(z.string("has to be a text"), "has to be a list of flags").optional(),
});
/** The names of these options. */
export const OWN_OPTIONS = Object.keys(SHAPE.shape);
/**
 * Checks the options that are the runtime's own, and completes them.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function workerSettings(options) {
  const parsed = SHAPE.safeParse(options);
  if (!parsed.success) throw invalidOption(options, parsed.error.issues[0]);
  const { minWorkers, maxWorkers, chunkSize, memoryLimit, env, execArgv, ...rest } = parsed.data;
  if (minWorkers > maxWorkers)
    throw invalid("minWorkers", `has to be at most maxWorkers, which is ${maxWorkers}`, minWorkers);
  return { ...rest, minWorkers, maxWorkers, chunkSize, memoryLimit, env, execArgv };
}
function invalidOption(options, { path, message }) {
  const value = path.reduce((part, key) => part[key], options);
  return invalid(path.map(String).join("."), message, value);
}
function invalid(option, expected, found) {
  const shown = typeof found === "string" ? JSON.stringify(found) : String(found);
  return new PolyloomError("invalid_option", `runtime: ${option} ${expected}, not ${shown.slice(0, 80)}`, {
    details: { option, expected },
  });
}
