import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { BatchRuntime } from "./batch-runtime.fixture.ts";

describe("fused nodes", () => {
  testRuntime({ test, create: (options) => new BatchRuntime(options) });
});
