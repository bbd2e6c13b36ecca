import { test } from "vitest";
import { ConcurrentReference, ReferenceRuntime } from "./self/reference-runtime.fixture.ts";
import { testRuntime } from "./test-runtime.ts";

testRuntime({
  test: (title, run) => test(`${title} (one at a time)`, run),
  create: (options) => new ReferenceRuntime(options),
});
testRuntime({
  test: (title, run) => test(`${title} (three at once)`, run),
  create: (options) => new ConcurrentReference(options),
});
