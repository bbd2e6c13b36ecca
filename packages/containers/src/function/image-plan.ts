import { createHash } from "node:crypto";
import { dirname } from "node:path";

import type { ContainerEngine } from "../engine/container-engine.ts";
import { type Base, chooseBase } from "../image/choose-base.ts";
import { runnerPrograms, type RunnerPrograms } from "../runner/programs.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { CheckedOptions } from "./container-options.ts";
import { type CopiedFiles, copiedFiles } from "./copied-files.ts";
import { type NpmPackage, npmPackages } from "./npm-packages.ts";

/** Everything that decides a function's image, apart from the function. */
export interface ImagePlan {
  readonly base: Base;
  /** `polyloom/<name>:<hash of all of this>`. */
  readonly tag: string;
  readonly repository: string;
  readonly apt: readonly string[];
  readonly npm: readonly NpmPackage[];
  readonly runCommands: readonly string[];
  readonly copied: CopiedFiles;
  readonly programs: RunnerPrograms;
}

/** Changes when the same plan comes to another Dockerfile. */
const LAYOUT = 1;

/** The prebuilt base, of which `images/` has the source; what it has already is not installed again. */
const PREBUILT = /^ghcr\.io\/polyloom\/base(?::|@|$)/;

/** Looks at everything that goes into the image, and gives it its tag; `file` is the function's module. */
export async function planImage(engine: ContainerEngine, options: CheckedOptions, file: string): Promise<ImagePlan> {
  const { apt, runCommands } = options;
  const shell = apt.length + runCommands.length > 0;
  const [base, copied, programs] = await Promise.all([
    chooseBase(engine, { ...wishOf(options), shell }),
    copiedFiles(dirname(file), options.copy),
    runnerPrograms(),
  ]);
  const npm = withoutPrebuilt(npmPackages(options.npm, file), base);
  const parts = { base, apt, npm, runCommands, copied, programs };
  const repository = `polyloom/${options.imageName}`;
  return { ...parts, repository, tag: `${repository}:${hashOf(parts)}` };
}

function wishOf({ baseImage, nodeVersion }: CheckedOptions): { baseImage?: string; nodeVersion?: string } {
  return { ...(baseImage !== undefined && { baseImage }), ...(nodeVersion !== undefined && { nodeVersion }) };
}

function withoutPrebuilt(packages: readonly NpmPackage[], { name, facts }: Base): NpmPackage[] {
  if (!PREBUILT.test(name)) return [...packages];
  const has = new Set((facts.labels["polyloom.packages"] ?? "").split(","));
  return packages.filter((wanted) => !has.has(`${wanted.name}@${wanted.version}`));
}

function hashOf({ base, apt, npm, runCommands, copied, programs }: Omit<ImagePlan, "tag" | "repository">): string {
  const files = copied.files.map(({ path, executable, hash }) => ({ path, executable, hash }));
  const { operatingSystem, architecture } = base.facts;
  const platform = `${operatingSystem}/${architecture}`;
  const decides = { layout: LAYOUT, base: identityOf(base), platform, apt, npm, runCommands, files, programs };
  return createHash("sha256").update(canonicalJson(decides)).digest("hex").slice(0, 16);
}

/** An image that was made here has another id on each host, and a name by its content. */
function identityOf({ name, facts }: Base): string {
  return facts.labels["polyloom.base"] === "offline" ? name : facts.id;
}
