import { testRuntime } from "@polyloom/conformance";
import { afterAll, test } from "vitest";
import { DockerRuntime } from "./docker-runtime.ts";
import { withEngine } from "./engine.fixture.ts";
import { ContainerPool } from "./pool/container-pool.ts";
import type { Transport } from "./pool/door.ts";

const TRANSPORTS: readonly Transport[] = ["socket", "stdio"];

for (const transport of TRANSPORTS) {
  withEngine(`two warm containers over ${transport}`, () => {
    // One pool for the suite: its hundreds of runtimes need not start a container each.
    const pool = new ContainerPool({ transport, maxContainers: 2, idleTimeoutMs: Infinity });
    afterAll(() => pool.close());
    testRuntime({
      // oxlint-disable-next-line vitest/valid-title -- the suite's own titles
      test: (title, run) => test(title, run, 60_000),
      create: (options) => new DockerRuntime({ ...options, pool }),
    });
  });
}

/** Starting hundreds of containers takes too long for every day: errors, state and limits stand for all. */
const COLD = /^(?:E6|C8|D4) /;

withEngine("a container for each call", () => {
  testRuntime({
    // oxlint-disable-next-line vitest/valid-title -- the suite's own titles, and some of them
    test: (title, run) => COLD.test(title) && test(title, run, 120_000),
    create: (options) => new DockerRuntime({ ...options, maxContainers: 2, docker: { isolation: "container" } }),
    patienceMs: 20_000,
  });
});
