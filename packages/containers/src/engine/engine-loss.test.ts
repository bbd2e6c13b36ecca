import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { container } from "../container.ts";
import { offlineBaseImage } from "../image/base-image.ts";
import { noSecondEngine, type SecondEngine, startSecondEngine } from "../second-engine.fixture.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type { EngineContainer } from "./engine-container.ts";

const MODULE = new URL("../functions.fixture.ts", import.meta.url).href;

// skip: a second engine needs root and dockerd; noSecondEngine says what is lacking
describe.skipIf(noSecondEngine() !== undefined)("an engine that is killed", { timeout: 120_000 }, () => {
  let second: SecondEngine;
  let engine: ContainerEngine;
  beforeAll(async () => {
    second = await startSecondEngine();
    engine = await second.connect();
  }, 60_000);
  afterAll(async () => await second[Symbol.asyncDispose](), 60_000);

  async function startIdle(): Promise<EngineContainer> {
    const command = ["/usr/local/bin/node", "-e", "setInterval(() => {}, 1000)"];
    const idle = await engine.create({ image: await offlineBaseImage(engine), command });
    await idle.start();
    return idle;
  }

  test("is told from an end of the container, and what is left is gone after its restart", async () => {
    const idle = await startIdle();
    await second.kill();
    const end = await idle.ended;
    expect(end).toEqual({ kind: "engine-lost" });
    expect(idle.errorOf(end)?.code).toBe("engine_lost");
    expect(engine.containers).toEqual([]);
    await expect(engine.findImage("any")).rejects.toMatchObject({ code: "engine_unavailable" });
    await second.start();
    engine = await second.connect();
    expect(await untilNone(engine)).toBe(0);
  });

  test("rejects the run of a function, and the next one works", async () => {
    const options = { name: "test-loss", engine, onProgress: () => {}, capture: true };
    const up = Promise.withResolvers<void>();
    const endless = container(endlessly, { ...options, onLog: () => up.resolve() });
    const failure = endless.run().catch((error: unknown) => error);
    await Promise.race([up.promise, failure]);
    await second.kill();
    expect(await failure).toMatchObject({ code: "engine_lost" });
    await second.start();
    const exported = { module: MODULE, export: "exported" };
    const engineAgain = await second.connect();
    expect(
      await container<[number], number>(exported, { ...options, capture: false, engine: engineAgain }).run(1),
    ).toBe(11);
  });
});

function endlessly(): Promise<void> {
  console.log("up");
  return new Promise(() => setInterval(() => {}, 1000));
}

/** A restarted engine ends what it finds running, which was started to remove itself. */
async function untilNone(engine: ContainerEngine): Promise<number> {
  for (;;) {
    const left = await engine.docker.listContainers({ all: true });
    if (left.length === 0) return 0;
    await Promise.all(
      left.map(({ Id: id }) =>
        engine.docker
          .getContainer(id)
          .remove({ force: true })
          .catch(() => {}),
      ),
    );
  }
}
