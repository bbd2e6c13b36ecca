import { PolyloomError } from "@polyloom/wire";
import type { ContainerCreateOptions } from "dockerode";

import { type ContainerLimits, resolveLimits, type ResolvedLimits } from "../security/limits.ts";
import type { Mount } from "../security/mounts.ts";
import {
  portKey,
  type PortMapping,
  secureDefaults,
  type SecurityProfile,
  UNPRIVILEGED_USER,
} from "../security/secure-defaults.ts";
import type { EngineFacts } from "./facts.ts";
import type { OutputStream } from "./output-demultiplexer.ts";
import { OWNER_LABEL, ROLE_LABEL } from "./owner.ts";

/** A container that is to be: an image, a command, and what it may use. */
export interface ContainerSpec {
  readonly image: string;
  /** In place of the image's own. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** The whole environment beside the image's own: nothing of the host's comes along. */
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** What it is for, as its label says: `run` unless set. */
  readonly role?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly limits?: ContainerLimits;
  readonly profile?: SecurityProfile;
  readonly mounts?: readonly Mount[];
  readonly ports?: readonly PortMapping[];
  /** Whether stdin is open; false unless set. It ends when this process does. */
  readonly stdin?: boolean;
  /** Where stdout goes: `log`, as stderr always does, or to `stdout` of the container, uncounted. */
  readonly stdout?: "log" | "stream";
  /** Gets what is logged as it arrives. */
  readonly onLog?: (stream: OutputStream, chunk: Uint8Array) => void;
  /** False for a container that outlives this process, which no sweep removes. */
  readonly owned?: boolean;
}

/** What a spec comes to: the request, and the limits that this process keeps watch over. */
export interface ResolvedSpec {
  readonly request: ContainerCreateOptions;
  readonly limits: ResolvedLimits;
}

/** A spec as the engine takes it, with every default that keeps it in; throws what secureDefaults throws. */
export function resolveSpec(spec: ContainerSpec, facts: EngineFacts, owner: string, socketPath?: string): ResolvedSpec {
  const { profile = {}, mounts = [], ports = [], owned = true } = spec;
  const limits = resolveLimits(spec.limits);
  const request: ContainerCreateOptions = {
    Image: spec.image,
    ...(spec.entrypoint !== undefined && { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command !== undefined && { Cmd: [...spec.command] }),
    ...(spec.workingDirectory !== undefined && { WorkingDir: spec.workingDirectory }),
    Env: environment(spec.env ?? {}),
    User: profile.user ?? UNPRIVILEGED_USER,
    Labels: { ...spec.labels, [ROLE_LABEL]: spec.role ?? "run", ...(owned && { [OWNER_LABEL]: owner }) },
    OpenStdin: spec.stdin ?? false,
    StdinOnce: spec.stdin ?? false,
    AttachStdin: spec.stdin ?? false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    ExposedPorts: Object.fromEntries(ports.map(({ containerPort }) => [portKey(containerPort), {}])),
    HostConfig: secureDefaults({ limits, profile, mounts, ports }, facts, socketPath),
  };
  return { request, limits };
}

/** Limits as an error tells them. */
export function toldLimits(limits: ResolvedLimits): Readonly<Record<string, number>> {
  const entries = Object.entries(limits) as [name: string, value: number | undefined][];
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function environment(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes("\0")) return `${name}=${value}`;
    const message = `env has "${name}", which is no name of a variable, or has a zero byte in its value.`;
    throw new PolyloomError("container_options_invalid", message, { details: { option: "env", name } });
  });
}
