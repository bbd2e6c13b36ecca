import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HANDLERS, ok, RawClient, temporaryFolder, testActor } from "../actor.fixture.ts";
import { serveActor } from "./actor-server.ts";

const handler = `${HANDLERS}:process`;

test("while it listens there is a socket with its permissions, and a ready file; afterwards neither", async () => {
  const actor = await testActor("process");
  const ready = join(dirname(actor.socketPath), "runtime-ready");
  expect(statSync(actor.socketPath).isSocket()).toBe(true);
  expect(statSync(actor.socketPath).mode & 0o777).toBe(0o666);
  expect(await readFile(ready, "utf8")).toBe("ready");
  await actor.close();
  expect([existsSync(actor.socketPath), existsSync(ready)]).toEqual([false, false]);
  await actor.closed;
});

test("the permissions may be chosen, or left to the process's mask", async () => {
  expect(statSync((await testActor("process", { socketMode: 0o600 })).socketPath).mode & 0o777).toBe(0o600);
  const masked = await testActor("process", { socketMode: null });
  expect(statSync(masked.socketPath).mode & 0o777).toBe(0o777 & ~process.umask());
});

test("the folder of the socket is made", async () => {
  const socketPath = join(await temporaryFolder(), "not", "yet", "app.sock");
  await using actor = await serveActor({ handler, socketPath });
  expect(await (await RawClient.connect(actor)).call("1")).toEqual(ok(1));
});

test("a socket whose server is gone is replaced", async () => {
  const socketPath = join(await temporaryFolder(), "app.sock");
  await leaveSocketBehind(socketPath);
  expect(statSync(socketPath).isSocket()).toBe(true);
  await using actor = await serveActor({ handler, socketPath });
  expect(await (await RawClient.connect(actor)).call("1")).toEqual(ok(1));
});

test("a file, a folder and a socket that is answered are left as they are", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "file"), "mine");
  await mkdir(join(folder, "folder"));
  const other = createServer().listen(join(folder, "socket"));
  onTestFinished(() => void other.close());
  for (const [name, what] of Object.entries({ file: "a file", folder: "a folder", socket: "another server" })) {
    const started = serveActor({ handler, socketPath: join(folder, name) });
    await expect(started).rejects.toMatchObject({ code: "socket_occupied", message: expect.stringContaining(what) });
  }
  expect(await readFile(join(folder, "file"), "utf8")).toBe("mine");
});

test("closing answers what runs and what came, takes nothing more, and closes what is idle", async () => {
  const actor = await testActor("soon");
  const [busy, idle, half] = [
    await RawClient.connect(actor),
    await RawClient.connect(actor),
    await RawClient.connect(actor),
  ];
  busy.send({ wait: "close" });
  half.write(0, 0);
  expect(await idle.call({ wait: "first" })).toEqual(ok({ waited: "first" }));
  const closed = actor.close();
  expect(await half.reply()).toBeUndefined();
  expect(existsSync(actor.socketPath)).toBe(false);
  expect(actor.close()).toBe(closed);
  expect(await busy.reply()).toEqual(ok({ waited: "close" }));
  expect([await busy.reply(), await idle.reply()]).toEqual([undefined, undefined]);
  await closed;
});

test("closing gives up on a call that has no end, when its time is over", async () => {
  const actor = await testActor("gate", { shutdownMs: 20 });
  const client = await RawClient.connect(actor);
  client.send({ wait: "for ever" });
  await actor.close();
  expect(await client.reply()).toBeUndefined();
});

test("one connection more than the most is refused with connection_error", async () => {
  const actor = await testActor("process", { maxConnections: 2 });
  const [first, second] = [await RawClient.connect(actor), await RawClient.connect(actor)];
  const third = await RawClient.connect(actor);
  expect(await third.reply()).toEqual({ error: "connection_error", message: expect.stringContaining("2 connections") });
  expect(await third.reply()).toBeUndefined();
  expect([await first.call("1"), await second.call("2")]).toEqual([ok(1), ok(2)]);
  first.socket.destroy();
  await expect.poll(async () => (await RawClient.connect(actor)).call("3")).toEqual(ok(3));
});

test("actors leave no handle behind", async () => {
  const before = process.getActiveResourcesInfo().length;
  for (let n = 0; n < 3; n++) {
    const actor = await testActor();
    const client = await RawClient.connect(actor);
    expect(await client.call("1")).toEqual(ok(1));
    client.socket.destroy();
    await actor.close();
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
});

/** Ends a process that listens, without giving it the time to clean up. */
async function leaveSocketBehind(path: string): Promise<void> {
  const { spawn } = await import("node:child_process");
  const listen = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, ["-e", listen]);
  await new Promise((resolve) => child.once("exit", resolve));
}
