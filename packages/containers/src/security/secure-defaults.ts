import { PolyloomError } from "@polyloom/wire";
import type { HostConfig } from "dockerode";

import type { EngineFacts } from "../engine/facts.ts";
import { assertEnforceable, type ResolvedLimits } from "./limits.ts";
import { engineMounts, type Mount } from "./mounts.ts";

/** What a container may do beyond computing; each default is the strictest. */
export interface SecurityProfile {
  /** `none` unless set; `bridge` reaches the network and services of the host too, and `host` is refused. */
  readonly network?: string;
  /** True unless set. */
  readonly readOnlyRoot?: boolean;
  /** `65534:65534`, nobody, unless set. */
  readonly user?: string;
  /** Capabilities that are kept, such as `NET_BIND_SERVICE`; none unless set. */
  readonly capabilities?: readonly string[];
  /** A profile of AppArmor that the engine's host has loaded. */
  readonly apparmor?: string;
  /** A seccomp profile as JSON text; the engine's own unless set, and never none. */
  readonly seccomp?: string;
  /** A runtime that the engine knows, such as `runsc`; its default unless set. */
  readonly runtime?: string;
  /** Further folders in memory by path, with their size, beside `/tmp`. */
  readonly tmpfs?: Readonly<Record<string, number>>;
  /** Whether files in `/tmp` may be executed; false unless set. */
  readonly executableTmp?: boolean;
}

/** A port of the container on the host. */
export interface PortMapping {
  readonly containerPort: number;
  /** A free one unless set. */
  readonly hostPort?: number;
  /** `127.0.0.1` unless set. */
  readonly hostAddress?: string;
}

/** What a container's host configuration is made of. */
export interface HostSettings {
  readonly limits: ResolvedLimits;
  readonly profile?: SecurityProfile;
  readonly mounts?: readonly Mount[];
  readonly ports?: readonly PortMapping[];
}

/** The user that containers run as unless told otherwise: nobody. */
export const UNPRIVILEGED_USER = "65534:65534";

const FORBIDDEN_CAPABILITIES = new Set([
  "ALL",
  "SYS_ADMIN",
  "SYS_MODULE",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "DAC_READ_SEARCH",
]);

/**
 * The host configuration with everything off that was not asked for; throws security_unenforceable for what the
 * engine cannot do, container_options_invalid and bind_refused for what must not be asked for.
 */
export function secureDefaults(settings: HostSettings, facts: EngineFacts, socketPath?: string): HostConfig {
  const { limits, profile = {}, mounts = [], ports = [] } = settings;
  assertEnforceable(limits, facts);
  return {
    ...limitSettings(limits),
    NetworkMode: networkOf(profile, ports),
    ReadonlyRootfs: profile.readOnlyRoot ?? true,
    Tmpfs: tmpfsOf(limits, profile),
    CapDrop: ["ALL"],
    CapAdd: capabilitiesOf(profile),
    SecurityOpt: securityOptions(profile, facts),
    ...(profile.runtime !== undefined && { Runtime: knownRuntime(profile.runtime, facts) }),
    Mounts: engineMounts(mounts, { dataRoot: facts.dataRoot, ...(socketPath !== undefined && { socketPath }) }),
    PortBindings: portBindings(ports),
    Init: true,
    IpcMode: "none",
    LogConfig: { Type: "none", Config: {} },
    AutoRemove: true,
    Privileged: false,
  };
}

/** The key by which Docker's API names a port. */
export function portKey(port: number): string {
  return `${port}/tcp`;
}

function limitSettings(limits: ResolvedLimits): HostConfig {
  const { memory, cpus, cpuShares, pids, openFiles, fileSize } = limits;
  const files = openFiles === undefined ? [] : [{ Name: "nofile", Soft: openFiles, Hard: openFiles }];
  const size = fileSize === undefined ? [] : [{ Name: "fsize", Soft: fileSize, Hard: fileSize }];
  return {
    ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    ...(cpuShares !== undefined && { CpuShares: cpuShares }),
    ...(pids !== undefined && { PidsLimit: pids }),
    Ulimits: [...files, ...size, { Name: "core", Soft: 0, Hard: 0 }],
  };
}

function networkOf({ network = "none" }: SecurityProfile, ports: readonly PortMapping[]): string {
  if (network === "host" || network.startsWith("container:")) {
    throw invalid("network", network, "A container gets a network of its own: none, bridge, or one by name");
  }
  if (network === "none" && ports.length > 0) throw invalid("ports", ports, "Ports need a network: set it to bridge");
  return network;
}

function tmpfsOf(
  { tmpSize }: ResolvedLimits,
  { tmpfs = {}, executableTmp = false }: SecurityProfile,
): HostConfig["Tmpfs"] {
  const options = (size: number, exec: string): string => `rw,${exec},nosuid,nodev,size=${size},mode=1777`;
  const more = Object.entries(tmpfs).map(([path, size]) => [path, options(size, "noexec")]);
  return { "/tmp": options(tmpSize, executableTmp ? "exec" : "noexec"), ...Object.fromEntries(more) };
}

function capabilitiesOf({ capabilities = [] }: SecurityProfile): string[] {
  return capabilities.map((name) => {
    const bare = name.toUpperCase().replace(/^CAP_/, "");
    if (!FORBIDDEN_CAPABILITIES.has(bare)) return bare;
    throw invalid("capabilities", name, "This capability hands the host to the container");
  });
}

function securityOptions({ apparmor, seccomp }: SecurityProfile, { securityOptions: able }: EngineFacts): string[] {
  if (apparmor === "unconfined") throw invalid("apparmor", apparmor, "Leave it out for the engine's own profile");
  if (seccomp === "unconfined") throw invalid("seccomp", seccomp, "Leave it out for the engine's own profile");
  if (!able.includes("seccomp")) throw unenforceable("seccomp", able);
  // An engine without AppArmor takes any profile's name, and starts the container without it.
  if (apparmor !== undefined && !able.includes("apparmor")) throw unenforceable(`apparmor=${apparmor}`, able);
  return [
    "no-new-privileges",
    ...(apparmor === undefined ? [] : [`apparmor=${apparmor}`]),
    ...(seccomp === undefined ? [] : [`seccomp=${seccomp}`]),
  ];
}

function knownRuntime(runtime: string, { runtimes }: EngineFacts): string {
  if (runtimes.includes(runtime)) return runtime;
  const message = `The engine has no runtime "${runtime}"; it has ${runtimes.join(", ")}.`;
  throw new PolyloomError("security_unenforceable", message, { details: { runtime, runtimes } });
}

function portBindings(ports: readonly PortMapping[]): NonNullable<HostConfig["PortBindings"]> {
  const binding = ({ hostAddress = "127.0.0.1", hostPort }: PortMapping): { HostIp: string; HostPort: string } => ({
    HostIp: hostAddress,
    HostPort: hostPort === undefined ? "" : String(hostPort),
  });
  return Object.fromEntries(ports.map((port) => [portKey(port.containerPort), [binding(port)]]));
}

function unenforceable(wanted: string, able: readonly string[]): PolyloomError {
  const message = `The engine cannot enforce ${wanted}; what it has is ${able.join(", ") || "nothing"}.`;
  return new PolyloomError("security_unenforceable", message, { details: { wanted, able } });
}

function invalid(option: string, value: unknown, hint: string): PolyloomError {
  const message = `${option} is ${JSON.stringify(value)}. ${hint}.`;
  return new PolyloomError("container_options_invalid", message, { details: { option, value } });
}
