import type Dockerode from "dockerode";

/** What an engine is and can do, as it says itself. */
export interface EngineFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  /** As images name it: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Cores of the engine's host. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: 1 | 2;
  /** Names such as `seccomp`, `apparmor`, `rootless`. */
  readonly securityOptions: readonly string[];
  /** Runtimes by name, such as `runc`. */
  readonly runtimes: readonly string[];
  /** Where the engine keeps images and volumes. */
  readonly dataRoot: string;
  /** Which limits the engine's host can enforce. */
  readonly enforces: Readonly<Record<EnforcedLimit, boolean>>;
}

/** A limit that a kernel or an engine may lack. */
export type EnforcedLimit = "memory" | "swap" | "pids" | "cpus" | "cpuShares";

/** What `/version` and `/info` say, as facts. */
export function engineFacts(version: Dockerode.DockerVersion, info: unknown): EngineFacts {
  const told = info as Readonly<Record<string, unknown>>;
  const options = (told["SecurityOptions"] ?? []) as string[];
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: version.Os,
    architecture: version.Arch,
    cpus: Number(told["NCPU"] ?? 0),
    memoryBytes: Number(told["MemTotal"] ?? 0),
    cgroupVersion: told["CgroupVersion"] === "2" ? 2 : 1,
    securityOptions: options.map((option) => /name=([^,]+)/.exec(option)?.[1] ?? option),
    runtimes: Object.keys((told["Runtimes"] ?? {}) as object),
    dataRoot: (told["DockerRootDir"] as string | undefined) ?? "/var/lib/docker",
    enforces: {
      memory: told["MemoryLimit"] === true,
      swap: told["SwapLimit"] === true,
      pids: told["PidsLimit"] === true,
      cpus: told["CpuCfsQuota"] === true,
      cpuShares: told["CPUShares"] === true,
    },
  };
}
