import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

import { hasCode, PolyloomError } from "@polyloom/wire";
import type Dockerode from "dockerode";

import type { ContainerEngine } from "../engine/container-engine.ts";
import type { EngineContainer } from "../engine/engine-container.ts";
import { FUNCTION_LABEL, ROLE_LABEL } from "../engine/owner.ts";
import { drainProgress } from "../image/progress.ts";
import type { DeployEvent } from "./deploy.ts";
import type { DeployForm } from "./deploy-form.ts";
import type { ReceiverOptions } from "./deploy-receiver.ts";

const ROLE = "deployed";
const READY_MS = 30_000;
const POLL_MS = 50;

/** Builds what a form has, and runs it in the place of the earlier one of that name; gives its URL. */
export async function startDeployed(
  options: ReceiverOptions,
  form: DeployForm,
  tell: (event: DeployEvent) => void,
): Promise<string> {
  const { engine } = options;
  const replaced = await engine.findImage(`polyloom/${form.name}:deployed`);
  const image = `polyloom/${form.name}:deployed`;
  await build(engine, form, image, tell);
  tell({ status: "starting", message: `starting ${image}` });
  const before = await deployedBefore(engine, form.name);
  const container = await create(options, form, image);
  try {
    const port = await untilAnswering(container, form.port, options.host ?? "127.0.0.1");
    container.detach();
    await Promise.all(before.map((id) => engine.docker.getContainer(id).remove({ force: true })));
    if (replaced) await removeReplaced(engine, replaced.id);
    return `http://${options.publicHost ?? options.host ?? "127.0.0.1"}:${port}`;
  } catch (error) {
    await container.discard();
    throw error;
  }
}

async function build(
  engine: ContainerEngine,
  { name, archive }: DeployForm,
  tag: string,
  tell: (event: DeployEvent) => void,
): Promise<void> {
  const settings = { t: tag, forcerm: true, labels: { [FUNCTION_LABEL]: `polyloom/${name}`, [ROLE_LABEL]: ROLE } };
  const context = Readable.fromWeb(archive.stream() as never) as unknown as NodeJS.ReadableStream;
  const codes = { 400: "image_build_failed", 500: "image_build_failed" } as const;
  // The engine takes a compressed context as it is.
  const stream = await engine.request(`build ${tag}`, () => engine.docker.buildImage(context, settings), codes);
  await drainProgress(stream as Readable, "image_build_failed", tag, ({ text }) =>
    tell({ status: "building", message: text.trimEnd() }),
  );
}

async function create(options: ReceiverOptions, form: DeployForm, image: string): Promise<EngineContainer> {
  const { host: hostAddress = "127.0.0.1", limits } = options;
  const container = await options.engine.create({
    image,
    role: ROLE,
    owned: false,
    labels: { [FUNCTION_LABEL]: `polyloom/${form.name}` },
    profile: { network: "bridge" },
    ports: [{ containerPort: form.port, hostAddress }],
    ...(limits !== undefined && { limits }),
  });
  await container.start();
  return container;
}

async function deployedBefore(engine: ContainerEngine, name: string): Promise<string[]> {
  const filters = { label: [`${ROLE_LABEL}=${ROLE}`, `${FUNCTION_LABEL}=polyloom/${name}`] };
  const list = (): Promise<Dockerode.ContainerInfo[]> => engine.docker.listContainers({ filters });
  return (await engine.request("list containers", list)).map(({ Id: id }) => id);
}

/** The build took its tag away, unless it came to the same image. */
async function removeReplaced(engine: ContainerEngine, id: string): Promise<void> {
  const image = await engine.findImage(id);
  if (image?.tags.length !== 0) return;
  try {
    await engine.request("remove an image", () => engine.docker.getImage(id).remove());
  } catch (error) {
    // Somebody has made a container of it.
    if (!hasCode(error, "engine_refused")) throw error;
  }
}

/** Any answer to HTTP will do: the engine's own proxy takes connections before the function does. */
async function untilAnswering(container: EngineContainer, containerPort: number, host: string): Promise<number> {
  const port = await container.hostPort(containerPort);
  const end = container.ended.then((ended) => container.errorOf(ended) ?? endedEarly(container));
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    const error = await Promise.race([end, answers(`http://${host}:${port}`)]);
    if (error === true) return port;
    if (error instanceof Error) throw error;
    await setTimeout(POLL_MS);
  }
  const message = `The function does not answer on its port ${containerPort} after ${READY_MS} ms.`;
  throw new PolyloomError("container_unresponsive", message, { details: { containerId: container.id } });
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(READY_MS) })).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function endedEarly(container: EngineContainer): PolyloomError {
  const message = `The function came to its end. ${container.logs.lastLines(20)}`;
  return new PolyloomError("container_failed", message, { details: { containerId: container.id } });
}
