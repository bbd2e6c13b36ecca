import { hasCode } from "@polyloom/wire";

import type { ContainerEngine, ImageFacts } from "../engine/container-engine.ts";

/** What the build may use of a base image. */
export interface BaseAbilities {
  readonly shell: boolean;
  readonly npm: boolean;
}

/** Looks into an image, by a container of it that is never started. */
export async function baseAbilities(engine: ContainerEngine, image: ImageFacts): Promise<BaseAbilities> {
  if (image.labels["polyloom.base"] === "offline") return { shell: false, npm: false };
  const container = await engine.create({ image: image.id, command: ["node"], role: "probe" });
  try {
    const handle = engine.docker.getContainer(container.id);
    const has = async (path: string): Promise<boolean> => {
      try {
        await engine.request(`look for ${path}`, () => handle.infoArchive({ path }), { 404: "image_missing" });
        return true;
      } catch (error) {
        if (hasCode(error, "image_missing")) return false;
        throw error;
      }
    };
    const places = searchPath(image).map((folder) => `${folder}/npm`);
    const [shell, ...npm] = await Promise.all([has("/bin/sh"), ...places.map(has)]);
    return { shell: shell!, npm: npm.includes(true) };
  } finally {
    await container.discard();
  }
}

function searchPath({ env }: ImageFacts): string[] {
  const path = env.find((variable) => variable.startsWith("PATH="))?.slice("PATH=".length);
  return (path ?? "/usr/local/bin:/usr/bin:/bin").split(":");
}
