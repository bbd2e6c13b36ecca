import { PolyloomError } from "@polyloom/wire";

import type { ContainerEngine } from "../engine/container-engine.ts";
import type { Mount } from "../security/mounts.ts";
import type { ExternalPackage } from "./bundle.ts";
import type { ImagePlan } from "./image-plan.ts";

const PACKAGES_FOLDER = "/app/node_modules";

/** Throws function_not_portable for packages that a function imports and its image does not have. */
export function assertPackagesInImage(packages: readonly ExternalPackage[], plan: ImagePlan): void {
  const missing = missingFrom(packages, plan).filter(({ required }) => required);
  if (missing.length > 0) throw notInImage(missing, "Name them in the option npm");
}

/**
 * Where a function imports packages and its image has none: this host's own, read-only, where its platform and its
 * libc are those of the image. Throws function_not_portable where they cannot be had so.
 */
export function hostPackages(
  engine: ContainerEngine,
  packages: readonly ExternalPackage[],
  plan: ImagePlan,
): readonly Mount[] {
  const wanted = missingFrom(packages, plan);
  const missing = wanted.filter(({ required }) => required);
  const folders = [...new Set(wanted.map(({ folder }) => folder))];
  const mountable = plan.npm.length === 0 && engine.isLocal && fitsHost(plan) && folders.length === 1;
  if (mountable && folders[0] !== undefined) return [{ source: folders[0], target: PACKAGES_FOLDER }];
  if (missing.length === 0) return [];
  if (plan.npm.length > 0) throw notInImage(missing, "Name them in the option npm too, which has others already");
  if (!engine.isLocal || !fitsHost(plan))
    throw notInImage(missing, "Name them in the option npm: this host's cannot be used");
  throw notInImage(missing, "They lie in several folders here, or in none; name them in the option npm");
}

function missingFrom(packages: readonly ExternalPackage[], { npm, base }: ImagePlan): readonly ExternalPackage[] {
  const has = new Set(npm.map(({ name }) => name));
  const prebuilt = (base.facts.labels["polyloom.packages"] ?? "").split(",").map((spec) => spec.replace(/@[^@]*$/, ""));
  return packages.filter(({ name }) => !has.has(name) && !prebuilt.includes(name));
}

/** Node's own images are of Debian, unless their name says Alpine. */
function fitsHost({ base }: ImagePlan): boolean {
  const here = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
  const { labels, architecture } = base.facts;
  const glibc =
    labels["polyloom.base"] === "offline" || (base.name.startsWith("node:") && !base.name.includes("alpine"));
  return glibc && hostHasGlibc() && architecture === here;
}

function hostHasGlibc(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
}

function notInImage(packages: readonly ExternalPackage[], remedy: string): PolyloomError {
  const names = packages.map(({ name }) => name);
  const message = `The function imports ${names.join(", ")}, which its image does not have. ${remedy}.`;
  return new PolyloomError("function_not_portable", message, { details: { reason: "packages", packages: names } });
}
