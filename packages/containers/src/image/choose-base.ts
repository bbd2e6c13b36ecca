import { hasCode, PolyloomError } from "@polyloom/wire";

import type { ContainerEngine, ImageFacts } from "../engine/container-engine.ts";
import { offlineBaseImage } from "./base-image.ts";
import { ensureImage } from "./ensure-image.ts";
import type { ProgressEvent } from "./progress.ts";

/** What the base image has to be. */
export interface BaseWish {
  /** An image by name, which then counts alone. */
  readonly baseImage?: string;
  /** Major or full version of Node. */
  readonly nodeVersion?: string;
  /** Whether the build needs a shell. */
  readonly shell: boolean;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** A base image, by the name that a Dockerfile can have. */
export interface Base {
  readonly name: string;
  readonly facts: ImageFacts;
}

const chosen = new WeakMap<ContainerEngine, Map<string, Promise<Base>>>();

/**
 * The image that was asked for; else `node:<version>-slim` where the engine has it or a registry answers; else one
 * made of this Node, where that fits. Throws image_pull_failed and image_base_unsuitable.
 */
export function chooseBase(engine: ContainerEngine, wish: BaseWish): Promise<Base> {
  const key = JSON.stringify([wish.baseImage, wish.nodeVersion, wish.shell]);
  const known = chosen.get(engine) ?? new Map<string, Promise<Base>>();
  chosen.set(engine, known);
  const base = known.get(key) ?? choose(engine, wish);
  known.set(key, base);
  base.catch(() => known.delete(key));
  return base;
}

async function choose(engine: ContainerEngine, wish: BaseWish): Promise<Base> {
  const { baseImage, nodeVersion = process.versions.node.split(".")[0]!, onProgress } = wish;
  if (baseImage !== undefined)
    return { name: baseImage, facts: await ensureImage(engine, baseImage, "if_not_present", onProgress) };
  const slim = `node:${nodeVersion}-slim`;
  const there = await engine.findImage(slim);
  if (there) return { name: slim, facts: there };
  if (!canBeOffline(wish)) return { name: slim, facts: await pullOrSay(engine, slim, wish) };
  return await pullOrMake(engine, slim, onProgress);
}

/** A registry is asked once for an engine: afterwards the image that was made answers for it. */
async function pullOrMake(engine: ContainerEngine, slim: string, onProgress: BaseWish["onProgress"]): Promise<Base> {
  const made = await engine.docker.listImages({ filters: { label: ["polyloom.base=offline"] } });
  try {
    if (made.length === 0) return { name: slim, facts: await ensureImage(engine, slim, "if_not_present", onProgress) };
  } catch (error) {
    if (!hasCode(error, "image_pull_failed")) throw error;
  }
  const name = await offlineBaseImage(engine);
  return { name, facts: (await engine.findImage(name))! };
}

async function pullOrSay(engine: ContainerEngine, slim: string, wish: BaseWish): Promise<ImageFacts> {
  try {
    return await ensureImage(engine, slim, "if_not_present", wish.onProgress);
  } catch (cause) {
    if (!hasCode(cause, "image_pull_failed")) throw cause;
    const need = wish.shell
      ? "apt and runCommands need a base image with a shell"
      : `Node ${wish.nodeVersion} needs a base image`;
    const message = `${need}, and ${slim} could not be pulled. Set baseImage to one that the engine has. ${cause.message}`;
    throw new PolyloomError("image_base_unsuitable", message, { cause, details: { image: slim } });
  }
}

function canBeOffline({ nodeVersion, shell }: BaseWish): boolean {
  const own = process.versions.node;
  return !shell && (nodeVersion === undefined || own === nodeVersion || own.startsWith(`${nodeVersion}.`));
}
