import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { ParallelRuntime } from "./parallel-runtime.ts";
import { QUICK_START } from "./quick-start.fixture.ts";

describe.each([true, false])("two workers, fuse: %s", (fuse) => {
  testRuntime({
    // oxlint-disable-next-line vitest/valid-title -- the suite gives the titles
    test: (title, run) => test(title, run, 60_000),
    create: (options) => new ParallelRuntime({ ...options, maxWorkers: 2, fuse, env: QUICK_START }),
  });
});
