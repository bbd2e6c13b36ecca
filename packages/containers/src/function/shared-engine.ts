import { ContainerEngine } from "../engine/container-engine.ts";

const engines = new Map<string, Promise<ContainerEngine>>();

/** The engine of this process at `DOCKER_HOST`, swept once of what dead processes left; connected when first used. */
export function sharedEngine(): Promise<ContainerEngine> {
  const host = process.env["DOCKER_HOST"] ?? "";
  const known = engines.get(host);
  if (known) return known;
  const engine = connect();
  engines.set(host, engine);
  // An engine may be started after a first try.
  engine.catch(() => engines.delete(host));
  return engine;
}

async function connect(): Promise<ContainerEngine> {
  const engine = await ContainerEngine.connect();
  await engine.sweep();
  return engine;
}
