import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { CyclicRuntime } from "./cyclic-runtime.ts";
import { ParallelCyclicRuntime } from "./parallel-cyclic-runtime.ts";
import { QUICK_START } from "./workers.fixture.ts";

describe("nothing asked for", () => {
  testRuntime({ test, create: (options) => new CyclicRuntime(options) });
});

describe("everything watched", () => {
  const watching = {
    history: { iterations: 3 },
    onIteration: () => undefined,
    onCycleEnd: () => undefined,
    memoryLimit: "1GB",
  };
  testRuntime({ test, create: (options) => new CyclicRuntime({ ...options, ...watching }) });
});

describe("on two workers, in batches of one iteration", () => {
  testRuntime({
    // oxlint-disable-next-line vitest/valid-title -- the suite gives a text
    test: (title, run) => test(title, run, 60_000),
    create: (options) => new ParallelCyclicRuntime({ ...options, cycleBatchSize: 1, maxWorkers: 2, env: QUICK_START }),
  });
});
