import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startScript, testEngine, testImage, withEngine } from "../engine.fixture.ts";
import { ensureImage } from "../image/ensure-image.ts";
import { ContainerEngine } from "./container-engine.ts";
import { requestError } from "./request.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "polyloom-engine-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a connection", () => {
  test("to no socket says that no engine answers, and where", async () => {
    const host = `unix://${folder}/absent.sock`;
    const failure = ContainerEngine.connect({ host });
    await expect(failure).rejects.toMatchObject({ code: "engine_unavailable", details: { engine: host } });
  });

  test("to a socket that nobody listens on says the same", async () => {
    const path = join(folder, "stale.sock");
    const server = createServer().listen(path);
    await once(server, "listening");
    const host = `unix://${path}`;
    // Closed without its file being unlinked: what is left of an engine that was killed.
    await import("node:fs/promises").then(({ link }) => link(path, `${path}.kept`));
    server.close();
    const failure = ContainerEngine.connect({ host: `${host}.kept` });
    await expect(failure).rejects.toMatchObject({ code: "engine_unavailable" });
  });

  test("to an engine that hangs ends at its limit", async () => {
    const { server, sockets, path } = await listen(() => {});
    const failure = ContainerEngine.connect({ host: path, timeoutMs: 50 });
    await expect(failure).rejects.toMatchObject({ code: "engine_lost", message: expect.stringContaining("50 ms") });
    await close(server, sockets);
  });

  test("to an engine that breaks off is lost", async () => {
    const { server, sockets, path } = await listen((socket) => socket.destroy());
    await expect(ContainerEngine.connect({ host: path })).rejects.toMatchObject({ code: "engine_lost" });
    await close(server, sockets);
  });

  test("in a form that nobody knows is refused before it is tried", async () => {
    const failure = ContainerEngine.connect({ host: "carrier-pigeon" });
    await expect(failure).rejects.toMatchObject({ code: "container_options_invalid" });
  });

  test("to a socket that is closed to this user says so", () => {
    const address = { url: "unix:///var/run/docker.sock", options: {} };
    const refused = Object.assign(new Error("connect EACCES /var/run/docker.sock"), { code: "EACCES" });
    const error = requestError({ address, doing: "connect" }, refused);
    expect(error).toMatchObject({ code: "engine_forbidden", message: expect.stringContaining("closed to this user") });
  });
});

withEngine("an engine", () => {
  test("tells what it is and can do", () => {
    expect(testEngine().facts).toMatchObject({ operatingSystem: "linux", enforces: { memory: true, pids: true } });
    expect(testEngine().facts.securityOptions).toContain("seccomp");
  });

  test("finds an image by its name, and nothing for a name that is not there", async () => {
    expect((await testEngine().findImage(await testImage()))?.operatingSystem).toBe("linux");
    expect(await testEngine().findImage("polyloom/absent:1")).toBeUndefined();
  });

  test("that may not pull says which image is missing", async () => {
    const missing = ensureImage(testEngine(), "polyloom/absent:1", "never");
    await expect(missing).rejects.toMatchObject({ code: "image_missing" });
  });

  test("that cannot pull says why", async () => {
    const failure = ensureImage(testEngine(), "127.0.0.1:9/absent:1");
    await expect(failure).rejects.toMatchObject({ code: "image_pull_failed" });
    await expect(ensureImage(testEngine(), "NOT a name")).rejects.toMatchObject({ code: "container_options_invalid" });
  });

  test("takes its containers with it when it is closed", async () => {
    const own = await ContainerEngine.connect();
    const container = await own.create({
      image: await testImage(),
      command: ["/usr/local/bin/node", "-e", "for(;;);"],
    });
    await container.start();
    await own.close();
    expect(await container.ended).toMatchObject({ kind: "ended-here", reason: "stopped" });
    expect(own.containers).toEqual([]);
  });

  test("runs containers side by side, each with its own end", async () => {
    const codes = [1, 2, 3, 4];
    const containers = await Promise.all(codes.map((code) => startScript(`process.exit(${code})`)));
    const ends = await Promise.all(containers.map(({ ended }) => ended));
    expect(ends.map((end) => end.kind === "exited" && end.exitCode)).toEqual(codes);
  });
});

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly path: string;
}

async function listen(onSocket: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const path = join(folder, "engine.sock");
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onSocket(socket);
  });
  server.listen(path);
  await once(server, "listening");
  return { server, sockets, path };
}

async function close(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
}
