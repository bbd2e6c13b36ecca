import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineNode, Workflow } from "@polyloom/core";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import type { DockerRuntimeOptions } from "../docker-options.ts";
import { DockerRuntime } from "../docker-runtime.ts";
import { ownContainers, testEngine, withEngine } from "../engine.fixture.ts";
import { docker, type DockerSettings } from "../settings/docker-settings.ts";
import { look, type Surroundings } from "./settings.fixture.ts";

withEngine("settings of containers", () => {
  let runtime: DockerRuntime;
  const folder = mkdtempSync(join(tmpdir(), "docker-settings-"));
  afterEach(() => runtime.close());

  async function see(options: DockerRuntimeOptions, settings: DockerSettings = {}): Promise<Surroundings> {
    runtime = new DockerRuntime({ maxContainers: 1, ...options });
    const flow = new Workflow("look");
    const handle = flow.addNode("node", docker(look, settings), {});
    return (await runtime.execute(flow)).get(handle);
  }

  test("the environment, volumes, folders in memory and the user are as set, and nothing else comes along", async () => {
    // Who reads it there is somebody else.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "data.txt"), "from the host");
    const seen = await see(
      { environment: { A: "1" }, volumes: { [folder]: { bind: "/in" } } },
      { env: { B: "2" }, tmpfs: { "/scratch": "1m" }, user: "1234:1234", readOnly: false },
    );
    expect(seen).toMatchObject({ data: "from the host", scratch: 2 ** 20, uid: 1234, env: { A: "1", B: "2" } });
    expect(seen.env).not.toHaveProperty("USER");
    rmSync(folder, { recursive: true });
  });

  test("limits are those that the engine has", async () => {
    await see({}, { memory: "100m", cpus: 0.5, cpuShares: 512, pids: 64, readOnly: true });
    const [id] = await ownContainers();
    const { HostConfig: host } = await testEngine().docker.getContainer(id!).inspect();
    expect(host).toMatchObject({
      Memory: 100 * 2 ** 20,
      MemorySwap: 100 * 2 ** 20,
      NanoCpus: 5e8,
      CpuShares: 512,
      PidsLimit: 64,
      ReadonlyRootfs: true,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      SecurityOpt: expect.arrayContaining(["no-new-privileges"]),
    });
  });

  test("settings by a node's id win over those of the node", async () => {
    const seen = await see({ nodes: { node: { env: { A: "by id" } } } }, { env: { A: "by node", B: "too" } });
    expect(seen.env).toMatchObject({ A: "by id", B: "too" });
  });

  test("isolate declared: nodes without settings stay in this process, and values reach those in containers", async () => {
    runtime = new DockerRuntime({ isolate: "declared" });
    const flow = new Workflow("declared");
    // Defined here, where no other process could find it.
    const local = defineNode({
      name: "local",
      input: z.object({}),
      output: z.object({ pid: z.number() }),
      run: () => ({ pid: process.pid }),
    });
    const here = flow.addNode("here", local, {});
    flow.addNode("there", docker(look, {}), { after: here.out.pid });
    const result = await runtime.execute(flow);
    expect(result.get(here).pid).toBe(process.pid);
    expect(result.nodes["there"]!.where).toMatch(/^container [0-9a-f]{12}$/);
    expect(await ownContainers()).toHaveLength(1);
  });

  test("isolate declared: a node that nobody finds again is refused before any node starts", async () => {
    runtime = new DockerRuntime({ isolate: "declared" });
    const flow = new Workflow("lost");
    const lost = defineNode({ name: "lost", input: z.object({}), output: z.object({}), run: () => ({}) });
    flow.addNode("lost", docker(lost, {}), {});
    await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "node_not_portable" });
  });

  test("an image that is not there and must not be pulled is told before any node starts", async () => {
    await expect(see({ baseImage: "polyloom/no-such-image:1", pullPolicy: "never" })).rejects.toMatchObject({
      code: "image_missing",
      details: { image: "polyloom/no-such-image:1" },
    });
  });

  test("an image that cannot be pulled is told before any node starts", async () => {
    await expect(see({ baseImage: "localhost:1/none:1" })).rejects.toMatchObject({ code: "image_pull_failed" });
  });

  test("a profile that the engine cannot enforce is refused", async () => {
    await expect(see({}, { securityProfile: { runtime: "no-such-runtime" } })).rejects.toMatchObject({
      code: "security_unenforceable",
    });
  });

  test.each(["/", "/etc", "/proc", "/var/run/docker.sock"])("the volume %s is refused", async (path) => {
    await expect(see({ volumes: { [path]: { bind: "/host" } } })).rejects.toMatchObject({ code: "bind_refused" });
  });
});
