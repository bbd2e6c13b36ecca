import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isGone } from "@polyloom/containers";
import { type RunEvent, Workflow, type WorkflowError } from "@polyloom/core";
import { afterEach, expect, test } from "vitest";
import type { DockerRuntimeOptions } from "../docker-options.ts";
import { DockerRuntime } from "../docker-runtime.ts";
import { ownContainers, testEngine, withEngine } from "../engine.fixture.ts";
import { addOne } from "../nodes.fixture.ts";
import { EngineProxy } from "./engine-proxy.fixture.ts";
import { waitForAbort } from "./hostile.fixture.ts";

withEngine("faults from outside", () => {
  let runtime: DockerRuntime;
  afterEach(() => runtime.close({ cancel: true }));

  /** Runs a node that goes on for ever, and does something once it runs. */
  async function failure(
    act: (id: string) => Promise<unknown>,
    options: DockerRuntimeOptions = {},
  ): Promise<WorkflowError> {
    runtime = new DockerRuntime({ maxContainers: 1, ...options });
    const flow = new Workflow("fault");
    flow.addNode("node", waitForAbort, {});
    const started = Promise.withResolvers<void>();
    const onEvent = ({ type }: RunEvent): void => {
      if (type === "node.progress") started.resolve();
    };
    const failed = runtime.execute(flow, { observers: [{ onEvent }] }).then(
      () => expect.unreachable("the run was to fail"),
      (error: unknown) => error as WorkflowError,
    );
    await started.promise;
    const [id] = await ownContainers();
    await act(id!);
    return await failed;
  }

  async function goesOn(): Promise<void> {
    const flow = new Workflow("innocent");
    const handle = flow.addNode("one", addOne, { value: 1 });
    expect((await runtime.execute(flow)).get(handle).value).toBe(2);
  }

  const told = { containerId: expect.any(String), limits: expect.any(Object), logs: expect.any(String) };

  test("a container that is killed", async () => {
    const error = await failure((id) => testEngine().docker.getContainer(id).kill());
    expect(error).toMatchObject({
      code: "container_killed",
      nodeId: "node",
      details: { ...told, end: { signal: "SIGKILL" } },
    });
    await goesOn();
  });

  test("a container that is removed", async () => {
    const error = await failure((id) => testEngine().docker.getContainer(id).remove({ force: true }));
    // An engine kills what it is to remove: under load the removal shows only after that.
    expect(error.code).toMatch(/^container_(removed|killed)$/);
    expect(error).toMatchObject({ nodeId: "node", details: told });
    await goesOn();
  });

  test("a container that is paused", async () => {
    const error = await failure((id) => testEngine().docker.getContainer(id).pause(), { unresponsiveMs: 600 });
    expect(error).toMatchObject({ code: "container_unresponsive", nodeId: "node", details: told });
    await goesOn();
  });

  test("a container that is killed while it is idle is not given to the next call", async () => {
    runtime = new DockerRuntime({ maxContainers: 1 });
    await goesOn();
    const [id] = await ownContainers();
    await testEngine().docker.getContainer(id!).kill();
    await expect.poll(ownContainers, { timeout: 20_000 }).toEqual([]);
    await goesOn();
  });

  test("an engine that stops answering", async () => {
    const proxy = await EngineProxy.listen(testEngine().address.socketPath!, "socket");
    const error = await failure(() => proxy.cut(), { engine: proxy.url });
    expect(error).toMatchObject({ code: "engine_lost", nodeId: "node", details: told });
    await expect.poll(ownContainers, { timeout: 20_000 }).toEqual([]);
  });

  test("an engine that is not there is told before any node starts", async () => {
    runtime = new DockerRuntime({ engine: "unix:///nowhere/docker.sock" });
    const flow = new Workflow("nowhere");
    flow.addNode("one", addOne, { value: 1 });
    await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});

withEngine("when the host process is killed", () => {
  test.each([
    ["socket", "idle"],
    ["socket", "busy"],
    ["socket", "spinning"],
    ["stdio", "idle"],
    ["stdio", "busy"],
    ["stdio", "spinning"],
  ])("its container goes, over %s, while it is %s", async (transport, state) => {
    const file = new URL("fault.fixture.ts", import.meta.url);
    const child = fork(file, [transport, state], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    const id = line.toString().trim();
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    await expect.poll(() => exists(id), { timeout: 10_000, interval: 20 }).toBe(false);
  });

  test.each(["exiting", "forgotten"])(
    "a program that is %s without close() ends, and its container goes",
    async (state) => {
      const file = new URL("fault.fixture.ts", import.meta.url);
      const child = fork(file, ["socket", state], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
      const gone = once(child, "exit");
      const [line] = (await once(child.stdout!, "data")) as [Buffer];
      expect(await gone).toEqual([0, null]);
      await expect.poll(() => exists(line.toString().trim()), { timeout: 10_000, interval: 20 }).toBe(false);
    },
  );

  test("the next process removes what it left in the folder of temporary files", async () => {
    await using runtime = new DockerRuntime();
    const flow = new Workflow("sweep");
    flow.addNode("one", addOne, { value: 1 });
    await runtime.execute(flow);
    await runtime.close();
    const folders = readdirSync(tmpdir()).filter((name) => name.startsWith("polyloom-docker-"));
    expect(folders.filter((name) => isGone(readFileSync(join(tmpdir(), name, "owner"), "utf8")))).toEqual([]);
  });
});

async function exists(id: string): Promise<boolean> {
  return await testEngine()
    .docker.getContainer(id)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}
