import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PullPolicy } from "@polyloom/containers";
import type { RuntimeOptions } from "@polyloom/core/runtime";
import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import { ContainerPool } from "./pool/container-pool.ts";
import { POOL_OPTIONS, type PoolOptions } from "./pool/pool-options.ts";
import { containerPlan, mergeSettings } from "./settings/container-plan.ts";
import { DOCKER_SETTINGS, type DockerSettings, invalidSettings, type Volume } from "./settings/docker-settings.ts";

/** Options of {@link DockerRuntime}: those of every runtime, those of its containers, and those of their pool. */
export interface DockerRuntimeOptions extends RuntimeOptions, PoolOptions {
  /** The image of nodes that name none. Default: one made of this Node; where that cannot be, `node:<major>-slim`. */
  readonly baseImage?: string;
  /** Default `none`. */
  readonly networkMode?: string;
  /** By the path on the host, or the name of a volume. */
  readonly volumes?: Readonly<Record<string, Volume>>;
  /** All of the environment of the containers. Default: empty. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files and folders that nodes read: they come along as the code does, at the path that they have here. */
  readonly files?: readonly (string | URL)[];
  /** When images are pulled. Default `if_not_present`. */
  readonly pullPolicy?: PullPolicy;
  /** Further settings for the containers of all nodes. */
  readonly docker?: DockerSettings;
  /** Settings for the container of some nodes, by their id in the workflow; they win over those that `docker()` gave. */
  readonly nodes?: Readonly<Record<string, DockerSettings>>;
  /** Whether every node runs in a container, or only those with settings of their own. Default `all`. */
  readonly isolate?: "all" | "declared";
  /** A pool that runtimes share: it is not closed with them, and options of a pool are then its own. */
  readonly pool?: ContainerPool;
}

/** The options that are the runtime's own, complete. */
export interface DockerOptions {
  readonly baseImage: string | undefined;
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly pullPolicy: PullPolicy;
  /** For every node. */
  readonly settings: DockerSettings;
  readonly nodes: ReadonlyMap<string, DockerSettings>;
  readonly isolate: "all" | "declared";
}

const SHAPE = z.object({
  baseImage: z.string().min(1).optional(),
  networkMode: z.string().min(1).optional(),
  volumes: z.unknown().optional(),
  environment: z.unknown().optional(),
  files: z.array(z.union([z.string(), z.instanceof(URL)]), "has to be a list of paths").default([]),
  pullPolicy: z
    .enum(["never", "if_not_present", "always"], 'has to be "never", "if_not_present" or "always"')
    .default("if_not_present"),
  docker: DOCKER_SETTINGS.optional(),
  nodes: z.record(z.string(), DOCKER_SETTINGS).optional(),
  isolate: z.enum(["all", "declared"], 'has to be "all" or "declared"').default("all"),
  pool: z.instanceof(ContainerPool, { error: "has to be a ContainerPool" }).optional(),
});

/** The names of these options, and of those of a pool. */
export const OWN_OPTIONS: readonly string[] = [...Object.keys(SHAPE.shape), ...POOL_OPTIONS];

/**
 * Checks the options that are the runtime's own, and completes them.
 * @throws PolyloomError `invalid_option`, or `container_options_invalid`, that names the option
 */
export function dockerOptions(options: DockerRuntimeOptions): DockerOptions {
  const parsed = SHAPE.safeParse(options);
  if (!parsed.success) throw invalidSettings("runtime", parsed.error.issues[0]!);
  refuseTwoPools(options);
  const { baseImage, pullPolicy, isolate } = parsed.data;
  const files = parsed.data.files.map(existingPath);
  const settings = settingsForAll(options);
  const nodes = new Map(Object.entries(options.nodes ?? {}));
  // What no container can have is told here, and not when the first one starts.
  for (const each of [{}, ...nodes.values()]) containerPlan("", mergeSettings(settings, each));
  return { baseImage, files, pullPolicy, isolate, settings, nodes };
}

function existingPath(file: string | URL): string {
  const path = typeof file === "string" ? resolve(file) : fileURLToPath(file);
  if (existsSync(path)) return path;
  const message = `runtime: files has ${path}, which is not there`;
  throw new PolyloomError("invalid_option", message, { details: { option: "files", path } });
}

function settingsForAll({ networkMode, volumes, environment, docker = {} }: DockerRuntimeOptions): DockerSettings {
  const named: DockerSettings = {
    ...(networkMode !== undefined && { network: networkMode }),
    ...(volumes !== undefined && { volumes }),
    ...(environment !== undefined && { env: environment }),
  };
  const parsed = DOCKER_SETTINGS.safeParse(named);
  if (!parsed.success) throw invalidSettings("runtime", parsed.error.issues[0]!);
  return mergeSettings(named, docker);
}

function refuseTwoPools(options: DockerRuntimeOptions): void {
  const option = POOL_OPTIONS.find((name) => options[name as keyof PoolOptions] !== undefined);
  if (options.pool === undefined || option === undefined) return;
  const message = `runtime: ${option} has to be given to the pool that pool names`;
  throw new PolyloomError("invalid_option", message, { details: { option } });
}
