import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { HANDLERS, temporaryFolder } from "./actor.fixture.ts";
import { connectActor } from "./call/actor-client.ts";

test("polyloom-actor serves what the environment names, and ends with 0 at SIGTERM", { timeout: 30_000 }, async () => {
  const socketPath = join(await temporaryFolder(), "app.sock");
  const bin = fileURLToPath(new URL("bin.ts", import.meta.url));
  const env = { ASYA_PROCESS_MODULE: `${HANDLERS}:Counter`, ASYA_SOCKET_PATH: socketPath };
  const child = spawn(process.execPath, [...process.execArgv, bin], { env, stdio: ["ignore", "inherit", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stderr.once("data", resolve));
  await using client = await connectActor(socketPath);
  expect(await client.call({})).toEqual({ count: 11, made: 1 });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
