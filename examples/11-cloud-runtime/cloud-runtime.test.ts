import { testRuntime } from "@polyloom/conformance";
import { afterAll, beforeAll, describe, test } from "vitest";
import { CloudRuntime } from "./cloud-runtime.ts";
import { type ServerProcess, startServer } from "./start-server.ts";

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

// #region conformance
describe("CloudRuntime", () => {
  testRuntime({ test, create: (options) => new CloudRuntime({ url: server.url, ...options }) });
});
// #endregion conformance
