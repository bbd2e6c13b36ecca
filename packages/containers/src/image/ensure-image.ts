import type { Readable } from "node:stream";

import { type ContainerEngine, type ImageFacts, imageMissing } from "../engine/container-engine.ts";
import { drainProgress, type ProgressEvent } from "./progress.ts";

/** When an image is pulled: never, where the engine does not have it, or each time. */
export type PullPolicy = "never" | "if_not_present" | "always";

/** Makes sure that the engine has an image; throws image_missing where it may not pull, and image_pull_failed. */
export async function ensureImage(
  engine: ContainerEngine,
  image: string,
  policy: PullPolicy = "if_not_present",
  onProgress?: (event: ProgressEvent) => void,
): Promise<ImageFacts> {
  const found = policy === "always" ? undefined : await engine.findImage(image);
  if (found) return found;
  if (policy === "never") throw imageMissing(image);
  await pull(engine, image, onProgress);
  const pulled = await engine.findImage(image);
  if (!pulled) throw imageMissing(image);
  return pulled;
}

async function pull(
  engine: ContainerEngine,
  image: string,
  onProgress: ((event: ProgressEvent) => void) | undefined,
): Promise<void> {
  const failure = "image_pull_failed";
  const codes = { 400: failure, 401: failure, 403: failure, 404: failure, 500: failure } as const;
  // Without a tag an engine would pull every tag that there is.
  const reference = /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
  const stream = await engine.request(`pull ${reference}`, () => engine.docker.pull(reference), codes);
  await drainProgress(stream as Readable, failure, reference, onProgress);
}
