import { Workflow, type NodeDefinition, type WorkflowError } from "@polyloom/core";
import { afterAll, expect, test } from "vitest";
import { DockerRuntime } from "../docker-runtime.ts";
import { withEngine } from "../engine.fixture.ts";
import { addOne } from "../nodes.fixture.ts";
import { ContainerPool } from "../pool/container-pool.ts";
import type { DockerSettings } from "../settings/docker-settings.ts";
import {
  exit,
  fillBuffers,
  fillHeap,
  flood,
  forkBomb,
  giveBytes,
  giveDeep,
  killFirst,
  killSelf,
  knock,
  lieAboutLength,
  lookAround,
  microtasks,
  printLines,
  reachOut,
  replaceSocket,
  spin,
  talkNonsense,
  writeToRoot,
} from "./hostile.fixture.ts";

type Hostile = NodeDefinition<Record<string, never>, { text: string }>;

withEngine("hostile nodes", () => {
  const pool = new ContainerPool({ maxContainers: 1, idleTimeoutMs: Infinity, maxMessageBytes: 2 ** 20 });
  afterAll(() => pool.close());

  async function outcome(node: Hostile, docker: DockerSettings = {}, nodeTimeoutMs = 30_000): Promise<unknown> {
    const runtime = new DockerRuntime({ pool, docker, nodeTimeoutMs, graceMs: 50 });
    const flow = new Workflow("hostile");
    const handle = flow.addNode("node", node, {});
    const settled = await runtime.execute(flow).then(
      (result) => result.get(handle).text,
      (error: unknown) => error as WorkflowError,
    );
    await expectToGoOn();
    return settled;
  }

  /** An innocent node runs afterwards as it did before. */
  async function expectToGoOn(): Promise<void> {
    const flow = new Workflow("innocent");
    const handle = flow.addNode("one", addOne, { value: 1 });
    const result = await new DockerRuntime({ pool }).execute(flow);
    expect(result.get(handle).value).toBe(2);
  }

  const lost = { details: { containerId: expect.any(String), limits: expect.any(Object), logs: expect.any(String) } };

  test("a fork bomb ends at the limit of processes", async () => {
    expect(await outcome(forkBomb, { pids: 32, isolation: "container" })).toBe("started EAGAIN");
  });

  test("a heap that grows for ever ends its worker, and is told as that", async () => {
    const error = await outcome(fillHeap, { memory: "192m" });
    expect(error).toMatchObject({ code: "out_of_memory", nodeId: "node", ...lost });
    expect(String((error as WorkflowError).cause)).toMatch("filled its JavaScript heap");
  });

  test("buffers that grow for ever end the container, and are told as that", async () => {
    const error = await outcome(fillBuffers, { memory: "128m" });
    expect(error).toMatchObject({ code: "out_of_memory", nodeId: "node", details: { limits: { memory: 2 ** 27 } } });
  });

  test("an endless loop is ended by force", async () => {
    expect(await outcome(spin, {}, 300)).toMatchObject({ code: "node_timeout", nodeId: "node" });
  });

  test("endless microtasks are ended by force", async () => {
    expect(await outcome(microtasks, {}, 300)).toMatchObject({ code: "node_timeout", nodeId: "node" });
  });

  test("the limit of time of a container is its own", async () => {
    const error = await outcome(spin, { timeoutMs: 200 });
    expect(error).toMatchObject({ code: "container_timeout", details: { timeoutMs: 200 } });
  });

  test("a flood of output ends at its limit", async () => {
    expect(await outcome(flood, { outputBytes: "1m" })).toMatchObject({ code: "output_limit_exceeded", ...lost });
  });

  test("the root cannot be written, nor the code", async () => {
    expect(await outcome(writeToRoot)).toBe("EROFS EROFS EROFS");
  });

  test("of the host nothing can be seen: no process, no file beside the code, no socket, no variable", async () => {
    const seen = JSON.parse(String(await outcome(lookAround))) as Record<string, unknown>;
    expect(seen).toMatchObject({ beside: [], engine: "ENOENT" });
    expect(seen["names"]).toSatisfy((names: string[]) =>
      names.every((name) => /^(docker-init|tini|node|MainThread)$/.test(name)),
    );
    expect(seen["variables"]).toEqual(["HOME", "HOSTNAME", "NODE_VERSION", "PATH"]);
  });

  test("no network can be reached", async () => {
    expect(await outcome(reachOut)).toMatch(/^ENETUNREACH (EAI_AGAIN|ENOTFOUND)$/);
  });

  test("process.exit ends the thread, and the next call has another one", async () => {
    const error = await outcome(exit);
    expect(error).toMatchObject({ code: "place_lost", details: { exitCode: 3, containerId: expect.any(String) } });
  });

  test("a signal to the first process ends the container, and is told as that", async () => {
    const error = await outcome(killFirst);
    expect(error).toMatchObject({ code: "container_failed", details: { end: { kind: "exited", exitCode: 143 } } });
  });

  test("a signal to the agent ends the container, and is told as that", async () => {
    const error = await outcome(killSelf);
    expect(error).toMatchObject({ code: "container_failed", details: { end: { kind: "exited", exitCode: 137 } } });
  });

  test("nothing can be put in the place of the socket", async () => {
    expect(await outcome(replaceSocket)).toBe("EROFS");
  });

  test("a frame that lies about its length ends the container", async () => {
    const error = await outcome(lieAboutLength);
    expect(error).toMatchObject({ code: "container_failed", nodeId: "node" });
    expect(String((error as WorkflowError).cause)).toMatch("broke the rules of its line");
  });

  test("bytes that are no message end the container", async () => {
    const error = await outcome(talkNonsense);
    expect(error).toMatchObject({ code: "container_failed", nodeId: "node" });
    expect(String((error as WorkflowError).cause)).toMatch("said what nobody understands");
  });

  test("strangers at the socket are sent away", async () => {
    expect(await outcome(knock)).toBe("closed");
  });

  test("deep and cyclic data arrives as it left", async () => {
    const flow = new Workflow("deep");
    const handle = flow.addNode("deep", giveDeep, {});
    const result = await new DockerRuntime({ pool }).execute(flow);
    let inner = result.get(handle).list as unknown[];
    for (let level = 0; level < 1_000; level++) inner = inner[0] as unknown[];
    expect(inner[0]).toBe(inner);
  });

  test("an output above the limit of a message is refused with its size", async () => {
    const flow = new Workflow("large");
    flow.addNode("large", giveBytes, { bytes: 2 ** 21 });
    const error = await new DockerRuntime({ pool }).execute(flow).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "size_limit_exceeded", nodeId: "large", details: { limit: 2 ** 20 } });
  });

  test("what nodes print is in the logs of their container, and nowhere else", async () => {
    const runtime = new DockerRuntime({ pool, docker: { isolation: "container" } });
    const flow = new Workflow("print");
    flow.addNode("print", printLines as Hostile, {});
    const result = await runtime.execute(flow);
    const id = result.nodes["print"]!.where!.replace("container ", "");
    await expect.poll(() => runtime.getContainerLogs(id)).toBe("to standard output\nto standard error\n");
    expect(runtime.getContainerLogs("unknown")).toBeUndefined();
  });
});
