import type { ContainerEngine } from "../engine/container-engine.ts";
import { buildImage } from "../image/build-image.ts";
import { type Payload, withBuildContext } from "./build-context.ts";
import type { ContainerProgress } from "./container-progress.ts";
import { BASE_STAGE } from "./dockerfile.ts";
import type { ImagePlan } from "./image-plan.ts";

type Report = (event: ContainerProgress) => void;

const building = new WeakMap<ContainerEngine, Map<string, Promise<boolean>>>();

/** Builds what a function needs, unless the engine has it, once for callers at the same time; says whether it built. */
export async function ensureNeeds(engine: ContainerEngine, plan: ImagePlan, report: Report): Promise<boolean> {
  const tags = building.get(engine) ?? new Map<string, Promise<boolean>>();
  building.set(engine, tags);
  const running = tags.get(plan.tag) ?? buildUnlessFound(engine, plan, plan.tag, undefined, report);
  tags.set(plan.tag, running);
  try {
    return await running;
  } finally {
    tags.delete(plan.tag);
  }
}

/** Builds an image that holds the function as well, unless the engine has it. */
export async function ensureWhole(
  engine: ContainerEngine,
  plan: ImagePlan,
  payload: Payload,
  tag: string,
  report: Report,
): Promise<void> {
  await buildUnlessFound(engine, plan, tag, payload, report);
}

async function buildUnlessFound(
  engine: ContainerEngine,
  plan: ImagePlan,
  tag: string,
  payload: Payload | undefined,
  report: Report,
): Promise<boolean> {
  if ((await engine.findImage(tag)) !== undefined) {
    report({ kind: "found", image: tag });
    return false;
  }
  for (const path of plan.copied.secrets)
    report({ kind: "warning", text: `${path} looks like a secret, and goes into the image` });
  const began = performance.now();
  report({ kind: "building", image: tag, base: plan.base.name });
  const stage = payload === undefined ? { target: BASE_STAGE } : {};
  const onProgress = (event: { readonly text: string }): void => report({ kind: "output", ...event });
  await withBuildContext(engine, plan, payload, ({ dockerfile, entries: context }) =>
    buildImage(engine, { tag, dockerfile, context, onProgress, ...stage }),
  );
  report({ kind: "built", image: tag, milliseconds: performance.now() - began });
  return true;
}
