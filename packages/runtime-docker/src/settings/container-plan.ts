import {
  byteSize,
  type ContainerLimits,
  DEFAULT_LIMITS,
  type Mount,
  resolveLimits,
  type SecurityProfile,
} from "@polyloom/containers";
import type { DockerSettings, Isolation } from "./docker-settings.ts";

/** One kind of container: calls with equal plans may have the same container. */
export interface ContainerPlan {
  /** Equal for equal plans. */
  readonly key: string;
  readonly image: string;
  readonly limits: ContainerLimits;
  /** The limits as numbers, for errors. */
  readonly toldLimits: Readonly<Record<string, number>>;
  /** In bytes. */
  readonly memory: number | undefined;
  readonly heapMegabytes: number | undefined;
  /** In bytes, for one call. */
  readonly outputBytes: number | undefined;
  readonly profile: SecurityProfile;
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly isolation: Isolation;
}

/** What buffers, stacks, young objects and Node itself take beside a worker's heap, in MiB. */
const BESIDE_HEAP = 128;
/** The least share that the heap has of little memory. */
const LEAST_SHARE = 0.4;

/**
 * Settings as a plan of a container of an image.
 * @throws PolyloomError `container_options_invalid` that names what no container can have
 */
export function containerPlan(image: string, settings: DockerSettings): ContainerPlan {
  const { network, readOnly, user, securityProfile, env = {}, isolation = "shared" } = settings;
  const limits = limitsOf(settings);
  const { memory, outputBytes, ...told } = resolveLimits(limits);
  const profile: SecurityProfile = {
    ...securityProfile,
    ...(network !== undefined && { network }),
    ...(readOnly !== undefined && { readOnlyRoot: readOnly }),
    ...(user !== undefined && { user }),
    tmpfs: foldersInMemory(settings),
  };
  const mounts = mountsOf(settings);
  return {
    key: JSON.stringify([image, limits, profile, mounts, env, isolation]),
    image,
    limits,
    toldLimits: withoutUndefined({ memory, outputBytes, ...told }),
    memory,
    heapMegabytes: memory === undefined ? undefined : heapOf(memory / 2 ** 20),
    outputBytes,
    profile,
    mounts,
    env,
    isolation,
  };
}

/** Settings over others; folders, volumes and variables come together. */
export function mergeSettings(base: DockerSettings, over: DockerSettings = {}): DockerSettings {
  return {
    ...base,
    ...over,
    ...merged("env", base, over),
    ...merged("volumes", base, over),
    ...merged("tmpfs", base, over),
    ...merged("ulimits", base, over),
  };
}

function merged(key: "env" | "volumes" | "tmpfs" | "ulimits", base: DockerSettings, over: DockerSettings): object {
  return base[key] === undefined || over[key] === undefined ? {} : { [key]: { ...base[key], ...over[key] } };
}

function heapOf(megabytes: number): number {
  return Math.floor(Math.max(megabytes - BESIDE_HEAP, megabytes * LEAST_SHARE));
}

function limitsOf({
  memory,
  cpus,
  cpuShares,
  pids,
  ulimits = {},
  tmpfs = {},
  outputBytes,
}: DockerSettings): ContainerLimits {
  const { nofile, fsize } = ulimits;
  const tmpSize = tmpfs["/tmp"];
  return {
    ...(memory !== undefined && { memory }),
    ...(cpus !== undefined && { cpus }),
    ...(cpuShares !== undefined && { cpuShares }),
    ...(pids !== undefined && { pids }),
    ...(nofile !== undefined && { openFiles: nofile }),
    ...(fsize !== undefined && { fileSize: fsize }),
    ...(tmpSize !== undefined && { tmpSize }),
    outputBytes: outputBytes ?? DEFAULT_LIMITS.outputBytes,
  };
}

function foldersInMemory({ tmpfs = {} }: DockerSettings): Readonly<Record<string, number>> {
  const more = Object.entries(tmpfs).filter(([path]) => path !== "/tmp");
  return Object.fromEntries(more.map(([path, size]) => [path, byteSize(size, `tmpfs.${path}`)]));
}

function mountsOf({ volumes = {} }: DockerSettings): Mount[] {
  const writable = { ro: false, rw: true };
  return Object.entries(volumes).map(([source, { bind, mode = "ro" }]) => ({
    source,
    target: bind,
    writable: writable[mode],
  }));
}

function withoutUndefined(limits: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  const set = Object.entries(limits).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(set);
}
