import { hasCode } from "@polyloom/wire";
import type Dockerode from "dockerode";

import type { ContainerEngine } from "../engine/container-engine.ts";
import { FUNCTION_LABEL } from "../engine/owner.ts";

/**
 * Removes a function's earlier images; gives their tags. What stays: the one in `keep`, every `deploy-…`, what a
 * container uses, and whatever has not this project's label with this function's repository.
 */
export async function cleanUpImages(
  engine: ContainerEngine,
  repository: string,
  keep: string,
): Promise<readonly string[]> {
  const filters = { label: [`${FUNCTION_LABEL}=${repository}`] };
  const list = (): Promise<Dockerode.ImageInfo[]> => engine.docker.listImages({ filters });
  const images = await engine.request("list images", list);
  const tags = images.flatMap(({ RepoTags: tags }) => tags ?? []).filter((tag) => tag.startsWith(`${repository}:`));
  const old = tags.filter((tag) => tag !== keep && !tag.startsWith(`${repository}:deploy-`));
  const removed = await Promise.all(old.map((tag) => removeImage(engine, tag)));
  return old.filter((_, index) => removed[index]).sort();
}

async function removeImage(engine: ContainerEngine, tag: string): Promise<boolean> {
  if (await isUsed(engine, tag)) return false;
  try {
    await engine.request(`remove ${tag}`, () => engine.docker.getImage(tag).remove());
    return true;
  } catch (error) {
    // In use since, or removed by somebody else.
    if (hasCode(error, "engine_refused")) return false;
    throw error;
  }
}

/** An image is untagged, not refused, while another tag has it; so it is asked for first. */
async function isUsed(engine: ContainerEngine, tag: string): Promise<boolean> {
  const filters = { ancestor: [tag] };
  const list = (): Promise<Dockerode.ContainerInfo[]> => engine.docker.listContainers({ all: true, filters });
  return (await engine.request("list containers", list)).length > 0;
}
