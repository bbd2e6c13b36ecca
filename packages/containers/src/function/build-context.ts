import type { ContainerEngine } from "../engine/container-engine.ts";
import { PolyloomError } from "@polyloom/wire";

import type { ArchiveEntry } from "../image/archive.ts";
import { type BaseAbilities, baseAbilities } from "../image/base-abilities.ts";
import { JOB_FILE } from "../runner/job.ts";
import { CONTEXT, dockerfile, FUNCTION_IN_CONTEXT } from "./dockerfile.ts";
import type { ImagePlan } from "./image-plan.ts";
import { installOnHost, npmManifest } from "./npm-packages.ts";

/** The function as an image holds it. */
export interface Payload {
  readonly code: string;
  /** The job, encoded. */
  readonly job: Uint8Array;
  readonly port?: number;
}

/** A build's files, with its Dockerfile. */
export interface BuildContext {
  readonly dockerfile: string;
  readonly entries: readonly ArchiveEntry[];
}

/** Makes a build's context, with the function or without; `use` gets it while all of its files are there. */
export async function withBuildContext<T>(
  engine: ContainerEngine,
  plan: ImagePlan,
  payload: Payload | undefined,
  use: (context: BuildContext) => Promise<T>,
): Promise<T> {
  const abilities = await baseAbilities(engine, plan.base.facts);
  assertShell(plan, abilities);
  const text = dockerfile(plan, abilities, payload?.port);
  const entries = [...runnerEntries(plan), ...fileEntries(plan), ...payloadEntries(payload)];
  if (plan.npm.length === 0) return await use({ dockerfile: text, entries });
  if (abilities.npm) {
    const path = `${CONTEXT.manifest}/package.json`;
    const manifest: ArchiveEntry = { kind: "text", path, mode: 0o644, content: npmManifest(plan.npm) };
    return await use({ dockerfile: text, entries: [...entries, manifest] });
  }
  return await installOnHost(plan.npm, cpuOf(plan), async (packages) => {
    const moved = packages.map((entry) => ({ ...entry, path: `${CONTEXT.packages}/${entry.path}` }));
    return await use({ dockerfile: text, entries: [...entries, ...moved] });
  });
}

function assertShell({ apt, runCommands, base }: ImagePlan, abilities: BaseAbilities): void {
  if (abilities.shell || apt.length + runCommands.length === 0) return;
  const option = apt.length > 0 ? "apt" : "runCommands";
  const message = `${option} needs a base image with a shell, and ${base.name} has none. Set baseImage to one with /bin/sh.`;
  throw new PolyloomError("image_base_unsuitable", message, {
    details: { image: base.name, option, lacks: "/bin/sh" },
  });
}

function runnerEntries({ programs }: ImagePlan): ArchiveEntry[] {
  return Object.entries(programs).map(([name, content]) => text(`${CONTEXT.runner}/${name}`, content));
}

function fileEntries({ copied }: ImagePlan): ArchiveEntry[] {
  return copied.files.map(({ path, source, size, executable }) => {
    return { kind: "file", path: `${CONTEXT.files}/${path}`, mode: executable ? 0o755 : 0o644, source, size };
  });
}

function payloadEntries(payload: Payload | undefined): ArchiveEntry[] {
  if (payload === undefined) return [];
  return [text(FUNCTION_IN_CONTEXT, payload.code), text(`${CONTEXT.function}${JOB_FILE}`, payload.job)];
}

function text(path: string, content: string | Uint8Array): ArchiveEntry {
  return { kind: "text", path, mode: 0o644, content };
}

function cpuOf({ base }: ImagePlan): string {
  return base.facts.architecture === "amd64" ? "x64" : base.facts.architecture;
}
