import { ContainerEngine, offlineBaseImage, resolveLimits, secureDefaults } from "@polyloom/containers";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { increment } from "./container-function.ts";

const BASE_COPY = "polyloom/bench-base";

const engine = await ContainerEngine.connect();
const image = await needsImage();
const HostConfig = { ...secureDefaults({ limits: resolveLimits() }, engine.facts), AutoRemove: false };

const times = await interleave({ warmUp: 2, rounds: 11 }, { floor: bareCycle, ours: cachedRun });
await removeCopies();
const base = await timed(() => offlineBaseImage(engine, BASE_COPY));
const again = await timed(() => offlineBaseImage(engine, BASE_COPY));
await removeCopies();
printSamples(
  { row: "container-run", ...times },
  { row: "container-base", ours: base },
  { row: "container-base-again", ours: again },
);

async function cachedRun(): Promise<void> {
  const value = await increment.run(1);
  if (value !== 2) throw new Error(`it gave ${value}`);
}

/** The floor: the same image with the same limits, by bare requests; Node starts and ends. */
async function bareCycle(): Promise<void> {
  const Entrypoint = ["node", "-e", "0"];
  const container = await engine.docker.createContainer({ Image: image, Entrypoint, User: "65534:65534", HostConfig });
  await container.start();
  await container.wait();
  await container.remove();
}

async function needsImage(): Promise<string> {
  await cachedRun();
  const images = await engine.docker.listImages({ filters: { reference: ["polyloom/bench-increment"] } });
  return images[0]!.RepoTags![0]!;
}

async function removeCopies(): Promise<void> {
  const images = await engine.docker.listImages({ filters: { reference: [BASE_COPY] } });
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const tag of tags) await engine.docker.getImage(tag).remove();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
