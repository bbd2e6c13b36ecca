import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Workflow } from "@polyloom/core";
import { afterEach, expect, test } from "vitest";
import type { DockerRuntimeOptions } from "../docker-options.ts";
import { DockerRuntime } from "../docker-runtime.ts";
import { ownContainers, testEngine, withEngine } from "../engine.fixture.ts";
import { addOne } from "../nodes.fixture.ts";

/** A busy machine takes its time. */
const PATIENTLY = { timeout: 20_000 };

withEngine("warm containers", () => {
  let runtime: DockerRuntime;
  afterEach(() => runtime.close());

  async function run(): Promise<{ readonly host: string; readonly thread: number }> {
    const flow = new Workflow("warm");
    const handle = flow.addNode("one", addOne, { value: 1 });
    return (await runtime.execute(flow)).get(handle);
  }

  function create(options: DockerRuntimeOptions): void {
    runtime = new DockerRuntime({ maxContainers: 1, ...options });
  }

  test("call after call has the same container, and none is created", async () => {
    create({});
    const before = await engineTime();
    const first = await run();
    const since = await engineTime();
    expect(await createdSince(before)).toHaveLength(1);
    for (let call = 0; call < 20; call++) expect(await run()).toEqual(first);
    expect(await createdSince(since)).toEqual([]);
    expect(first.host).toBe((await ownContainers())[0]!.slice(0, 12));
  });

  test("isolation fresh: the same container, and another thread for each call", async () => {
    create({ docker: { isolation: "fresh" } });
    const [first, second] = [await run(), await run()];
    expect(second.host).toBe(first.host);
    expect(second.thread).toBeGreaterThan(first.thread);
  });

  test("isolation container: a container for each call", async () => {
    create({ docker: { isolation: "container" } });
    const hosts = new Set([await run(), await run(), await run()].map(({ host }) => host));
    expect(hosts.size).toBe(3);
    await runtime.close();
    expect(await ownContainers()).toEqual([]);
  });

  test("two hundred runs, and close() leaves no container and no folder", async () => {
    const before = scratchFolders();
    create({});
    for (let call = 0; call < 200; call++) await run();
    expect(scratchFolders().length).toBe(before.length + 1);
    await runtime.close();
    expect(await ownContainers()).toEqual([]);
    expect(scratchFolders()).toEqual(before);
  });

  test("none stays where none is to be warm", async () => {
    create({ warmContainers: 0 });
    await run();
    await expect.poll(ownContainers, PATIENTLY).toEqual([]);
  });

  test("an idle one goes when its time is over", async () => {
    create({ idleTimeoutMs: 1 });
    await run();
    await expect.poll(ownContainers, PATIENTLY).toEqual([]);
    await run();
  });

  test("calls with other limits have another container, for which an idle one makes room", async () => {
    create({ nodes: { two: { memory: "256m" } } });
    const flow = new Workflow("limits");
    const one = flow.addNode("one", addOne, { value: 1 });
    const two = flow.addNode("two", addOne, { value: one.out.value });
    const result = await runtime.execute(flow);
    expect(result.get(two)).toMatchObject({ value: 3 });
    expect(result.get(two).host).not.toBe(result.get(one).host);
    await expect.poll(async () => (await ownContainers()).length, PATIENTLY).toBe(1);
  });
});

/** Folders that this process has for sockets and code. */
function scratchFolders(): readonly string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith("polyloom-docker-"));
  return folders.filter((name) => readFileSync(join(tmpdir(), name, "owner"), "utf8") === testEngine().owner);
}

type Docker = ReturnType<typeof testEngine>["docker"];

async function engineTime(): Promise<number> {
  const info = (await testEngine().docker.info()) as { SystemTime: string };
  return Date.parse(info.SystemTime) / 1000;
}

/** Containers that this process created from then on, as the engine noted it. */
async function createdSince(since: number): Promise<readonly string[]> {
  const until = (await engineTime()) + 1;
  const filters = { type: ["container"], event: ["create"], label: [`polyloom.owner=${testEngine().owner}`] };
  const options = { since: since + 0.001, until, filters } as Parameters<Docker["getEvents"]>[0];
  const events = (await testEngine().docker.getEvents(options)) as Readable;
  let text = "";
  for await (const chunk of events) text += String(chunk);
  return text.split("\n").filter((line) => line !== "");
}
