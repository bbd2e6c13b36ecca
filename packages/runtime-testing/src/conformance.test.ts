import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { TestingRuntime } from "./index.ts";

describe("one task at once", () => {
  testRuntime({ test, create: (options) => new TestingRuntime({ ...options, maxConcurrency: 1 }) });
});

describe("four tasks at once", () => {
  testRuntime({ test, create: (options) => new TestingRuntime({ ...options, maxConcurrency: 4 }) });
});

describe("any number of tasks at once", () => {
  testRuntime({ test, create: (options) => new TestingRuntime(options) });
});
