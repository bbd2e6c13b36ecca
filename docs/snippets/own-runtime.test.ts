// #region conformance
import { testRuntime } from "@polyloom/conformance";
import { describe, test } from "vitest";
import { FourAtOnce } from "./own-runtime.fixture.ts";

describe("FourAtOnce", () => {
  testRuntime({ test, create: (options) => new FourAtOnce(options) });
});
// #endregion conformance
