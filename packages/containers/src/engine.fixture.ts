import { hasCode } from "@polyloom/wire";
import { afterEach, assert, describe } from "vitest";

import { ContainerEngine } from "./engine/container-engine.ts";
import type { ContainerSpec } from "./engine/container-spec.ts";
import type { EngineContainer } from "./engine/engine-container.ts";
import { OWNER_LABEL } from "./engine/owner.ts";
import { offlineBaseImage } from "./image/base-image.ts";

/** The engine that answers, or undefined: then its tests are skipped, and with CI=true they fail. */
const answering: ContainerEngine | undefined = await connect();

/** Tests that need an engine; none of them may leave a container behind. */
export function withEngine(title: string, tests: () => void): void {
  // skip: no container engine answers, and this is not CI
  describe.skipIf(answering === undefined)(`${title}, on an engine`, { timeout: 60_000 }, () => {
    afterEach(expectNothingLeft);
    tests();
  });
}

async function expectNothingLeft(): Promise<void> {
  const filters = { label: [`${OWNER_LABEL}=${testEngine().owner}`] };
  assert.deepEqual(testEngine().containers, []);
  assert.deepEqual(await testEngine().docker.listContainers({ all: true, filters }), []);
}

/** The engine, inside of {@link withEngine}. */
export function testEngine(): ContainerEngine {
  if (answering === undefined) throw new Error("No container engine answers.");
  return answering;
}

/** The image of the tests, made of this Node. */
export async function testImage(): Promise<string> {
  return await offlineBaseImage(testEngine());
}

/** A started container of the test image that runs a line of JavaScript. */
export async function startScript(script: string, spec: Partial<ContainerSpec> = {}): Promise<EngineContainer> {
  const command = ["/usr/local/bin/node", "-e", script];
  const container = await testEngine().create({ image: await testImage(), command, ...spec });
  await container.start();
  return container;
}

async function connect(): Promise<ContainerEngine | undefined> {
  try {
    return await ContainerEngine.connect();
  } catch (error) {
    if (process.env["CI"] === "true" || !hasCode(error, "engine_unavailable")) throw error;
    console.warn(`skipped: ${error.message}. scripts/docker-engine.sh starts an engine.`);
    return undefined;
  }
}
