import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { offlineBaseImage } from "@polyloom/containers";
import { Workflow } from "@polyloom/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadingFlags } from "../code/loading-flags.ts";
import { ProjectCode } from "../code/project-code.ts";
import { DockerRuntime } from "../docker-runtime.ts";
import { testEngine, withEngine } from "../engine.fixture.ts";
import { addOne } from "../nodes.fixture.ts";
import { AGENT_MODULES } from "../pool/agent-command.ts";
import { EngineProxy } from "./engine-proxy.fixture.ts";

const IMAGE = "polyloom/test-project:remote";
const PACKAGES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));

withEngine("an engine on another host", () => {
  let proxy: EngineProxy;
  beforeAll(async () => {
    proxy = await EngineProxy.listen(testEngine().address.socketPath!, "network");
  });
  afterAll(() => proxy.cut());

  const flow = new Workflow("remote");
  const handle = flow.addNode("one", addOne, { value: 1 });

  test("cannot mount the project, and says what to do", async () => {
    await using runtime = new DockerRuntime({ engine: proxy.url });
    await expect(runtime.execute(flow)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining(`set code to "image"`) as string,
    });
  });

  // skip: a container's /tmp is memory, so a project that lies there cannot be in its image
  test.skipIf(PACKAGES.startsWith("/tmp/"))("runs nodes that are in the image, over stdio", async () => {
    await buildProjectImage();
    await using runtime = new DockerRuntime({
      engine: proxy.url,
      code: "image",
      baseImage: IMAGE,
      pullPolicy: "never",
    });
    const result = await runtime.execute(flow);
    expect(result.get(handle).value).toBe(2);
    expect(result.nodes["one"]!.where).toMatch(/^container /);
    await runtime.close();
    await testEngine().docker.getImage(IMAGE).remove();
  });
});

/** An image with the code at the path that it has here, as a user's own Dockerfile would make it. */
async function buildProjectImage(): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "project-image-"));
  const module = addOne.reference!.module;
  await new ProjectCode(context, loadingFlags()).add([...AGENT_MODULES, module]);
  // What vitest has each of its processes load at first comes along in the same way.
  for (const name of ["zod", "vitest/suppress-warnings.cjs"])
    cpSync(join(PACKAGES, name), join(context, PACKAGES, name), { recursive: true });
  mkdirSync(join(context, PACKAGES, "@polyloom"));
  for (const name of ["core", "wire"])
    symlinkSync(join(dirname(PACKAGES), "packages", name), join(context, PACKAGES, "@polyloom", name));
  writeFileSync(join(context, "Dockerfile"), `FROM ${await offlineBaseImage(testEngine())}\nCOPY . /\n`);
  const tar = spawn("tar", ["-c", "-C", context, "."], { stdio: ["ignore", "pipe", "inherit"] });
  const stream = await testEngine().docker.buildImage(tar.stdout, { t: IMAGE });
  await new Promise((resolve, reject) => {
    testEngine().docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve(undefined)));
  });
  rmSync(context, { recursive: true });
}
