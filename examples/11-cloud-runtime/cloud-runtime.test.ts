import { mkdtemp, rm, watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { testRuntime } from "@polyloom/conformance";
import { type RunEvent, Workflow } from "@polyloom/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineLate, giveFunction, reportLate, waitForAbort } from "./cloud-runtime.fixture.ts";
import { CloudRuntime } from "./cloud-runtime.ts";
import { executeThere } from "./execute-there.ts";
import { requirePositive } from "./nodes.ts";
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

test("K1 · an abort reaches the node in the other process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "polyloom-"));
  const heard = firstChange(folder);
  const flow = new Workflow("abort");
  flow.addNode("wait", waitForAbort, { path: join(folder, "heard") });
  await using runtime = new CloudRuntime({ url: server.url });
  for await (const { type } of runtime.stream(flow)) if (type === "node.progress") break;
  expect(await heard).toBe("heard");
  await rm(folder, { recursive: true });
});

test("D1 · an output that cannot move is refused there, with its path", async () => {
  const flow = new Workflow("function");
  flow.addNode("give", giveFunction, {});
  await using runtime = new CloudRuntime({ url: server.url });
  const details = { path: expect.stringContaining("rows[1].call") as string };
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "not_transferable", nodeId: "give", details });
});

test("O1 · what a node reports after its end is dropped there, and harms nobody", async () => {
  const flow = new Workflow("late reports");
  const late = flow.addNode("late", reportLate, {});
  await using runtime = new CloudRuntime({ url: server.url });
  const pids = new Set<number>();
  for (let run = 0; run < 20; run++) pids.add((await runtime.execute(flow)).get(late).pid);
  expect(pids.size).toBe(1);
});

test("D4 · a request above its limit is refused before it is sent", async () => {
  const flow = new Workflow("large");
  flow.addNode("large", waitForAbort, { path: "x".repeat(2000) });
  await using runtime = new CloudRuntime({ url: server.url, maxBytes: 1000 });
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "size_limit_exceeded", details: { limit: 1000 } });
});

test("a server that is gone is named", async () => {
  const gone = await startServer();
  await gone.close();
  const flow = new Workflow("gone");
  flow.addNode("one", requirePositive, { value: 1 });
  await using runtime = new CloudRuntime({ url: gone.url });
  const error: unknown = await runtime.execute(flow).catch((reason: unknown) => reason);
  expect(inspect(error)).toContain(`ECONNREFUSED ${new URL(gone.url).host}`);
});

test("D5 · a node that no module creates when it loads is refused before any node starts", async () => {
  const flow = new Workflow("late");
  flow.addNode("first", requirePositive, { value: 1 });
  flow.addNode("second", defineLate(), {});
  await using runtime = new CloudRuntime({ url: server.url });
  const started: string[] = [];
  const onEvent = ({ type }: RunEvent): void => void started.push(type);
  const details = { node: "late", line: expect.any(Number) as number, remedy: expect.any(String) as string };
  const run = runtime.execute(flow, { observers: [{ onEvent }] });
  await expect(run).rejects.toMatchObject({ code: "node_not_portable", details });
  expect(started).toEqual([]);
});

test("E1 · a whole workflow that fails there rejects here with its code and node", async () => {
  const flow = new Workflow("whole");
  flow.addNode("one", requirePositive, { value: -1 });
  await expect(executeThere(server.url, flow)).rejects.toMatchObject({ code: "node_failed", nodeId: "one" });
});

async function firstChange(folder: string): Promise<string | null | undefined> {
  for await (const { filename } of watch(folder)) return filename;
  return undefined;
}
