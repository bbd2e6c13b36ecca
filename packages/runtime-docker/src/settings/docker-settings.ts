import type { ByteSize, SecurityProfile } from "@polyloom/containers";
import type { NodeDefinition } from "@polyloom/core";
import { PolyloomError } from "@polyloom/wire";
import { z } from "zod";

/** A folder or file of the host in a container. */
export interface Volume {
  /** Where it is in the container: an absolute path. */
  readonly bind: string;
  /** `ro` unless set. */
  readonly mode?: "ro" | "rw";
}

/** How much of a container calls share. */
export type Isolation =
  /** One worker has call after call, each in the same container. */
  | "shared"
  /** Each call gets a new worker, in the same container. */
  | "fresh"
  /** Each call gets a container of its own. */
  | "container";

/** What the container of a node is. */
export interface DockerSettings {
  readonly image?: string;
  /** Of memory and swap together: bytes, or a text such as `"512m"`; 512 MiB unless set. */
  readonly memory?: ByteSize | false;
  /** Cores, in fractions too; 1 unless set. */
  readonly cpus?: number | false;
  /** The weight against other containers where cores are short, 1024 being the usual. */
  readonly cpuShares?: number;
  /** Processes and threads; 128 unless set. */
  readonly pids?: number | false;
  /** Whether the root is read-only; true unless set. */
  readonly readOnly?: boolean;
  /** `none` unless set. */
  readonly network?: string;
  /** By the path on the host, or the name of a volume. */
  readonly volumes?: Readonly<Record<string, Volume>>;
  /** All of the environment: nothing of the host's comes along. */
  readonly env?: Readonly<Record<string, string>>;
  /** `65534:65534`, nobody, unless set. */
  readonly user?: string;
  /** Sizes of folders in memory by path; `/tmp` has 64 MiB unless set. */
  readonly tmpfs?: Readonly<Record<string, ByteSize>>;
  /** Open files of a process (1024 unless set), and the largest file that it can write (1 GiB unless set). */
  readonly ulimits?: { readonly nofile?: number | false; readonly fsize?: ByteSize | false };
  readonly securityProfile?: Pick<
    SecurityProfile,
    "apparmor" | "seccomp" | "runtime" | "capabilities" | "executableTmp"
  >;
  /** Most bytes that one call may write to standard output and error; 10 MiB unless set. */
  readonly outputBytes?: ByteSize | false;
  /** Longest time of a call in the container, in milliseconds; then its thread is ended. */
  readonly timeoutMs?: number;
  /** `shared` unless set. */
  readonly isolation?: Isolation;
}

const size = z.union([z.number(), z.string()]);
const text = z.string().min(1);

/** The shape of {@link DockerSettings}; what values mean, `@polyloom/containers` checks. */
export const DOCKER_SETTINGS: z.ZodType = z.strictObject({
  image: text.optional(),
  memory: z.union([size, z.literal(false)]).optional(),
  cpus: z.union([z.number(), z.literal(false)]).optional(),
  cpuShares: z.number().optional(),
  pids: z.union([z.number(), z.literal(false)]).optional(),
  readOnly: z.boolean().optional(),
  network: text.optional(),
  volumes: z.record(text, z.strictObject({ bind: text, mode: z.enum(["ro", "rw"]).optional() })).optional(),
  env: z.record(text, z.string()).optional(),
  user: text.optional(),
  tmpfs: z.record(text, size).optional(),
  ulimits: z
    .strictObject({
      nofile: z.union([z.number(), z.literal(false)]).optional(),
      fsize: z.union([size, z.literal(false)]).optional(),
    })
    .optional(),
  securityProfile: z
    .strictObject({
      apparmor: text.optional(),
      seccomp: text.optional(),
      runtime: text.optional(),
      capabilities: z.array(text).optional(),
      executableTmp: z.boolean().optional(),
    })
    .optional(),
  outputBytes: z.union([size, z.literal(false)]).optional(),
  timeoutMs: z.number().positive().optional(),
  isolation: z.enum(["shared", "fresh", "container"]).optional(),
});

const settingsByNode: WeakMap<NodeDefinition, DockerSettings> = new WeakMap();

/**
 * A node that says which container it wants; on other runtimes it is what it was.
 * @throws PolyloomError `invalid_option` that names the setting
 */
export function docker<I, O>(node: NodeDefinition<I, O>, settings: DockerSettings): NodeDefinition<I, O> {
  const parsed = DOCKER_SETTINGS.safeParse(settings);
  if (!parsed.success) throw invalidSettings(`docker(${node.name})`, parsed.error.issues[0]!);
  const definition = Object.freeze({ ...node });
  const known = settingsByNode.get(node as NodeDefinition);
  settingsByNode.set(definition as NodeDefinition, Object.freeze({ ...known, ...settings }));
  return definition;
}

/** What {@link docker} said of a node. */
export function settingsOf(node: NodeDefinition): DockerSettings | undefined {
  return settingsByNode.get(node);
}

/** Settings that are not what they have to be, with the path to what is wrong. */
export function invalidSettings(where: string, { path, message }: z.core.$ZodIssue): PolyloomError {
  const option = [where, ...path.map(String)].join(".");
  return new PolyloomError("invalid_option", `${option}: ${message}`, { details: { option } });
}
