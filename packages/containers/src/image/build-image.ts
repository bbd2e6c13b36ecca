import type { Readable } from "node:stream";

import type { ContainerEngine } from "../engine/container-engine.ts";
import { type ArchiveEntry, archive } from "./archive.ts";
import { drainProgress, type ProgressEvent } from "./progress.ts";

/** What a build is made of. */
export interface BuildOptions {
  readonly tag: string;
  readonly dockerfile: string;
  /** Every file of the context, whose paths the Dockerfile names. */
  readonly context: readonly ArchiveEntry[];
  /** The stage to stop at; the last one unless set. */
  readonly target?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** Builds an image by the engine's own builder; throws image_build_failed with the build's output. */
export async function buildImage(engine: ContainerEngine, options: BuildOptions): Promise<void> {
  const { tag, dockerfile, context, target, onProgress } = options;
  const files: ArchiveEntry[] = [...context, { kind: "text", path: "Dockerfile", mode: 0o644, content: dockerfile }];
  const settings = { t: tag, forcerm: true, ...(target !== undefined && { target }) };
  const codes = { 400: "image_build_failed", 500: "image_build_failed" } as const;
  const stream = await engine.request(
    `build ${tag}`,
    () => engine.docker.buildImage(archive(files) as unknown as NodeJS.ReadableStream, settings),
    codes,
  );
  await drainProgress(stream as Readable, "image_build_failed", tag, onProgress);
}
