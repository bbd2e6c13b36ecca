import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { AsyncRuntime } from "./async-runtime.ts";

describe("one task at once", () => {
  testRuntime({ test, create: (options) => new AsyncRuntime({ ...options, maxConcurrency: 1 }) });
});

describe("three tasks at once", () => {
  testRuntime({ test, create: (options) => new AsyncRuntime({ ...options, maxConcurrency: 3 }) });
});

describe("any number of tasks at once", () => {
  testRuntime({ test, create: (options) => new AsyncRuntime(options) });
});
