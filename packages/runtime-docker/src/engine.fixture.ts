import { ContainerEngine, OWNER_LABEL } from "@polyloom/containers";
import { hasCode } from "@polyloom/wire";
import { afterAll, assert, describe } from "vitest";

/** The engine that answers, or undefined: then its tests are skipped, and with CI=true they fail. */
const answering: ContainerEngine | undefined = await connect();

/** Tests that need an engine; none of them may leave a container behind. */
export function withEngine(title: string, tests: () => void): void {
  // skip: no container engine answers, and this is not CI
  describe.skipIf(answering === undefined)(`${title}, on an engine`, { timeout: 60_000 }, () => {
    afterAll(expectNothingLeft);
    tests();
  });
}

/** The engine, inside of {@link withEngine}. */
export function testEngine(): ContainerEngine {
  if (answering === undefined) throw new Error("No container engine answers.");
  return answering;
}

/** Ids of the containers that this process has on the engine, running or not. */
export async function ownContainers(): Promise<readonly string[]> {
  const filters = { label: [`${OWNER_LABEL}=${testEngine().owner}`] };
  return (await testEngine().docker.listContainers({ all: true, filters })).map(({ Id: id }) => id);
}

async function expectNothingLeft(): Promise<void> {
  assert.deepEqual(await ownContainers(), []);
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
