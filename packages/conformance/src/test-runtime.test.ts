import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { ConcurrentReference, ReferenceRuntime } from "./self/reference-runtime.fixture.ts";

describe("one task at once", () => {
  // #region suite
  testRuntime({ test, create: (options) => new ReferenceRuntime(options) });
  // #endregion suite
});

describe("three tasks at once", () => {
  testRuntime({ test, create: (options) => new ConcurrentReference(options) });
});
