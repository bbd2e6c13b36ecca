import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { CyclicRuntime } from "./cyclic-runtime.ts";

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
