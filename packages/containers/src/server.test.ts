import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { afterAll, expect, test } from "vitest";

import { startDeployReceiver } from "./deploy/deploy-receiver.ts";
import { testEngine, withEngine } from "./engine.fixture.ts";
import { FUNCTION_LABEL, ROLE_LABEL } from "./engine/owner.ts";
import { greet, idle, scale } from "./functions.fixture.ts";

const KEY = "a-key-of-some-length";
const silent = { onLog: () => {} };
const text = async (url: string): Promise<string> => await (await fetch(url)).text();
const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)("docker", args)).stdout.trim();

withEngine("a server", () => {
  test("is there when it listens, on a free port, and gone when it is closed", async () => {
    let containerId: string;
    let url: string;
    {
      await using server = await greet.with(silent).serve({ greeting: "good day" });
      ({ containerId, url } = server);
      expect(await text(`${url}/here`)).toBe("good day /here");
      expect(server.logs()).toBe("listening\n");
    }
    await expect(fetch(url)).rejects.toThrow(/fetch failed/);
    await expect(testEngine().docker.getContainer(containerId).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("takes the port that it is given, which is the function's too", async () => {
    const port = await freePort();
    await using server = await greet.with(silent).serve({ port });
    expect(server.url).toBe(`http://127.0.0.1:${port}`);
    expect(await text(server.url)).toBe("hello /");
  });

  test("that listens for its container alone says what to change", async () => {
    const failure = greet.with(silent).serve({ host: "127.0.0.1" });
    await expect(failure).rejects.toMatchObject({
      code: "container_unresponsive",
      message: expect.stringContaining("0.0.0.0"),
    });
  });

  test("that never listens is given up", async () => {
    await expect(idle.with(silent).serve({}, { readyTimeoutMs: 300 })).rejects.toMatchObject({
      code: "container_unresponsive",
      message: expect.stringContaining("after 300 ms"),
    });
  });

  test("that throws before it listens rejects with that", async () => {
    await expect(greet.with(silent).serve({ host: "not an address" })).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  test("on a port that is no port is refused", async () => {
    await expect(greet.serve({ port: 70_000 })).rejects.toMatchObject({ code: "container_options_invalid" });
  });
});

withEngine("a built image", () => {
  afterAll(removeDeployImages);

  test("prints its value with plain docker run", async () => {
    const tag = await scale.build(4);
    expect(tag).toMatch(/^polyloom\/test-scale:deploy-[0-9a-f]{16}$/);
    expect(await docker("run", "--rm", "--network=none", "--read-only", tag)).toBe("80");
  });

  test("is the same for the same arguments, and another for others", async () => {
    expect(await scale.build(4)).toBe(await scale.build(4));
    expect(await scale.build(5)).not.toBe(await scale.build(4));
  });

  test("answers HTTP with plain docker run and a mapped port", async () => {
    const tag = await greet.build({ port: 8080, greeting: "from the image" });
    const id = await docker("run", "--detach", "--rm", "--publish=127.0.0.1::8080", tag);
    try {
      const address = await docker("port", id, "8080/tcp");
      expect(await untilAnswer(`http://${address}/path`)).toBe("from the image /path");
      expect(await docker("inspect", "--format={{.Config.User}}", id)).toBe("65534:65534");
    } finally {
      await docker("rm", "--force", id);
    }
  });
});

withEngine("a deployment", () => {
  test("answers when the process that built it is dead", async () => {
    const script = new URL("./deploy-and-die.fixture.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=polyloom-source", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(createInterface(child.stdout), "line")) as [string];
    child.kill("SIGKILL");
    await once(child, "exit");
    await testEngine().sweep();
    try {
      expect(await text(url)).toBe("deployed /");
    } finally {
      await removeDeployed();
    }
  });

  test("takes the place of the one before, and tells how the build goes", async () => {
    await using receiver = await startDeployReceiver({ engine: testEngine(), keys: [KEY] });
    const told: string[] = [];
    const watched = greet.with({
      ...silent,
      onProgress: (event) => void (event.kind === "output" && told.push(event.text)),
    });
    const target = { key: KEY, url: receiver.url };
    try {
      const first = await watched.deploy({ port: 8080, greeting: "first" }, target);
      expect(await text(first)).toBe("first /");
      const second = await watched.deploy({ port: 8080, greeting: "second" }, target);
      expect(await text(second)).toBe("second /");
      await expect(fetch(first)).rejects.toThrow(/fetch failed/);
      expect(told.join("\n")).toContain("Successfully tagged polyloom/test-greet:deployed");
    } finally {
      await removeDeployed();
    }
  });

  test.each([
    ["with another key", { key: "not-the-right-key" }, /the key is not known/],
    ["to nobody", { key: KEY, url: "http://127.0.0.1:9" }, /does not answer/],
    ["to no address", { key: KEY, url: "nowhere" }, /POLYLOOM_DEPLOY_URL/],
  ])("%s is refused", async (_what, target, expected) => {
    await using receiver = await startDeployReceiver({ engine: testEngine(), keys: [KEY] });
    await expect(greet.deploy({ port: 8080 }, { url: receiver.url, ...target })).rejects.toThrow(expected);
  });

  test("of a function without a port is refused before anything is sent", async () => {
    await expect(scale.deploy(1, { key: KEY, url: "http://127.0.0.1:9" })).rejects.toMatchObject({
      code: "container_options_invalid",
    });
  });

  test("whose function does not answer fails with what it said, and leaves the earlier one", async () => {
    await using receiver = await startDeployReceiver({ engine: testEngine(), keys: [KEY] });
    const failure = greet.deploy({ port: 8080, host: "not an address" }, { key: KEY, url: receiver.url });
    await expect(failure).rejects.toMatchObject({
      code: "deploy_failed",
      message: expect.stringContaining("ENOTFOUND"),
    });
  });

  test.each([
    ["a GET", { method: "GET" }, 405],
    ["no key", { method: "POST" }, 401],
    ["no form", { method: "POST", headers: { "X-API-Key": KEY }, body: "text" }, 400],
    ["too much", { method: "POST", headers: { "X-API-Key": KEY }, body: "x".repeat(2000) }, 400],
  ])("by %s is answered with the status", async (_what, init, status) => {
    await using receiver = await startDeployReceiver({ engine: testEngine(), keys: [KEY], maxBytes: 1000 });
    expect((await fetch(`${receiver.url}/v1/deploy`, init)).status).toBe(status);
  });

  test("needs keys that nobody guesses", async () => {
    await expect(startDeployReceiver({ engine: testEngine(), keys: ["short"] })).rejects.toThrow(/16 characters/);
  });
});

withEngine("a host that is killed", () => {
  test.each([["spin.fixture.ts"]])("leaves no container behind that spins: %s", async (name) => {
    const script = new URL(`./${name}`, import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=polyloom-source", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface(child.stdout), "line");
    child.kill("SIGKILL");
    const killed = performance.now();
    await untilNone(`${FUNCTION_LABEL}=polyloom/test-spin`);
    expect(performance.now() - killed).toBeLessThan(2_000);
  });
});

async function untilNone(label: string): Promise<void> {
  const filters = { label: [label] };
  while ((await testEngine().docker.listContainers({ all: true, filters })).length > 0);
}

async function removeDeployed(): Promise<void> {
  const filters = { label: [`${ROLE_LABEL}=deployed`, `${FUNCTION_LABEL}=polyloom/test-greet`] };
  const found = await testEngine().docker.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id: id }) => testEngine().docker.getContainer(id).remove({ force: true })));
}

async function removeDeployImages(): Promise<void> {
  const filters = { label: [`${ROLE_LABEL}=deploy`] };
  const images = await testEngine().docker.listImages({ filters });
  const tags = images.flatMap(({ RepoTags: all }) => all ?? []).filter((tag) => /test-(?:scale|greet):/.test(tag));
  await Promise.all(tags.map((tag) => testEngine().docker.getImage(tag).remove()));
}

/** The engine takes connections before the function does. */
async function untilAnswer(url: string): Promise<string> {
  for (;;) {
    const answer = await text(url).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}

async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
