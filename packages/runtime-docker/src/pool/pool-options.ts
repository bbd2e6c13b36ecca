import { availableParallelism } from "node:os";
import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import type { Transport } from "./door.ts";

/** Options of {@link ContainerPool}. */
export interface PoolOptions {
  /** The engine, as in `DOCKER_HOST`, which counts unless set; then the default socket. */
  readonly engine?: string;
  /** Most containers at once, which is the most calls at once; not counted are those on their way out. Default: `os.availableParallelism()`. */
  readonly maxContainers?: number;
  /** How many of them stay while idle. Default: all. */
  readonly warmContainers?: number;
  /** How long they stay, in milliseconds, or `Infinity`. Default 10,000. */
  readonly idleTimeoutMs?: number;
  /** Default: `socket` where the engine is on this host and that is Linux, else `stdio`. */
  readonly transport?: Transport;
  /** Where containers find the project's code: mounted from this host, or in the image at the same path. Default `mount`. */
  readonly code?: "mount" | "image";
  /** Most bytes of one message to or from a container. Default 64 MiB. */
  readonly maxMessageBytes?: number;
  /** How long a busy container may not answer before it is given up, in milliseconds. Default 10,000. */
  readonly unresponsiveMs?: number;
}

/** The options of a pool, complete. */
export interface PoolSettings {
  readonly engine: string | undefined;
  readonly maxContainers: number;
  readonly warmContainers: number;
  readonly idleTimeoutMs: number;
  readonly transport: Transport | undefined;
  readonly code: "mount" | "image";
  readonly maxMessageBytes: number;
  readonly unresponsiveMs: number;
}

const count = z.int("has to be a whole number from 1").min(1, "has to be a whole number from 1");
const time = z
  .number("has to be a number of milliseconds above 0")
  .positive("has to be a number of milliseconds above 0");

const SHAPE = z.object({
  engine: z.string("has to be a text such as unix:///var/run/docker.sock").optional(),
  maxContainers: count.default(() => availableParallelism()),
  warmContainers: z.int("has to be a whole number from 0").min(0, "has to be a whole number from 0").optional(),
  idleTimeoutMs: z
    .union([time, z.literal(Infinity)], "has to be a number of milliseconds above 0, or Infinity")
    .default(10_000),
  transport: z.enum(["socket", "stdio"], 'has to be "socket" or "stdio"').optional(),
  code: z.enum(["mount", "image"], 'has to be "mount" or "image"').default("mount"),
  maxMessageBytes: count.default(64 * 2 ** 20),
  unresponsiveMs: time.default(10_000),
});

/** The names of these options. */
export const POOL_OPTIONS: readonly string[] = Object.keys(SHAPE.shape);

/**
 * Checks the options of a pool, and completes them.
 * @throws PolyloomError `invalid_option` that names the option
 */
export function poolSettings(options: PoolOptions): PoolSettings {
  const parsed = SHAPE.safeParse(options);
  if (!parsed.success) throw invalid(parsed.error.issues[0]!);
  const { engine, transport, warmContainers = parsed.data.maxContainers, ...rest } = parsed.data;
  return { ...rest, engine, transport, warmContainers };
}

function invalid({ path, message }: z.core.$ZodIssue): PolyloomError {
  const option = path.map(String).join(".");
  return new PolyloomError("invalid_option", `runtime: ${option} ${message}`, { details: { option } });
}
