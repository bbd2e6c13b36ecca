import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { hasCode } from "@polyloom/wire";
import { describe, expect, test } from "vitest";

import { container } from "./container.ts";
import { testEngine, withEngine } from "./engine.fixture.ts";
import type { ContainerProgress } from "./function/container-progress.ts";
import { echo, evaluate, fail, first, readData, scale, throwValue, triple } from "./functions.fixture.ts";
import { isUrl } from "./functions-packages.fixture.ts";

const quiet = { onProgress: () => {} };
const FIXTURE = new URL("./functions.fixture.ts", import.meta.url).href;

describe("options", () => {
  test.each([
    [{ name: "Not A Name" }, "name"],
    [{ npm: ["sharp; rm -rf /"] }, "npm"],
    [{ npm: ["--registry=http://evil"] }, "npm"],
    [{ apt: ["ffmpeg && true"] }, "apt"],
    [{ apt: ["-o=x"] }, "apt"],
    [{ runCommands: ["true\nUSER root"] }, "runCommands"],
    [{ nodeVersion: "latest" }, "nodeVersion"],
    [{ baseImage: "node:24\nRUN true" }, "baseImage"],
  ])("%j are refused, with the name of the option", (options, option) => {
    const make = (): unknown => container(() => 1, { name: "fine", ...options });
    expect(make).toThrow(
      expect.objectContaining({ code: "container_options_invalid", details: expect.objectContaining({ option }) }),
    );
  });

  test("a function without a name needs one", () => {
    expect(() => container(() => 1)).toThrow(/a function without a name needs the option `name`/);
  });
});

withEngine("a function in an image", () => {
  test("uses constants and imports of its module, and gives back its value", async () => {
    expect(await scale.run(4)).toBe(80);
    expect(await triple.run(5)).toBe(15);
  });

  test("gets its arguments, and gives its value, as they left", async () => {
    const shared = { deep: true };
    const sent = [
      undefined,
      null,
      -0,
      NaN,
      10n,
      new Date(5),
      /x/g,
      new Map([[shared, new Set([1])]]),
      new Float64Array([1, 2]),
      { shared },
    ];
    const arrived = await echo.run(...sent);
    expect(arrived).toEqual(sent);
    expect(Object.is(arrived[2], -0)).toBe(true);
    expect([...(arrived[7] as Map<unknown, unknown>).keys()][0]).toBe((arrived[9] as { shared: unknown }).shared);
    expect(await evaluate.run("return undefined")).toBeUndefined();
  });

  test("that throws rejects with its own error, and with what it had logged", async () => {
    const logged: string[] = [];
    const failing = fail.with({ onLog: (_stream, chunk) => void logged.push(Buffer.from(chunk).toString()) });
    const error = (await failing.run("too far").catch((thrown: unknown) => thrown)) as RangeError &
      Record<string, unknown>;
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: "too far", code: "E_FAR", cause: { message: "the cause" } });
    expect(error.stack).toContain("functions.fixture.ts");
    expect(error["containerLogs"]).toContain("about to fail");
    expect(logged.join("")).toContain("about to fail");
  });

  test.each([[undefined], ["a text"], [{ reason: 7 }]])("that throws %j rejects with just that", async (value) => {
    const thrown: unknown = await throwValue.run(value).then(
      () => "nothing",
      (error: unknown) => error,
    );
    expect(thrown).toEqual(value);
  });

  test("may be named by module and export", async () => {
    const byName = container<[number], number>(
      { module: FIXTURE, export: "exported" },
      { name: "test-exported", ...quiet },
    );
    expect(await byName.run(1)).toBe(11);
    const absent = container({ module: FIXTURE, export: "absent" }, { name: "test-absent", ...quiet });
    await expect(absent.run()).rejects.toMatchObject({
      code: "function_not_portable",
      message: expect.stringContaining("absent"),
    });
  });

  test("that closes over local state is refused with file, line and the names", async () => {
    const local = 3;
    const closing = container((x: number) => x * local, { name: "test-closing", ...quiet });
    const error: unknown = await closing.run(1).catch((thrown: unknown) => thrown);
    expect(hasCode(error, "function_not_portable") && error.details).toMatchObject({
      file: expect.stringContaining("container.test.ts"),
      line: expect.any(Number),
      captured: expect.arrayContaining(["local"]),
    });
  });

  test("takes plain values along where it may capture", async () => {
    const factor = { by: new Map([["three", 3]]) };
    const shadowed = 5;
    const scaled = (x: number): number => {
      const inner = ((shadowed: number) => shadowed)(1);
      return x * factor.by.get("three")! * inner;
    };
    expect(shadowed).toBe(5);
    expect(await container(scaled, { name: "test-capture", capture: true, ...quiet }).run(4)).toBe(12);
  });

  test("captures no function and no instance of a class", async () => {
    class Counter {
      #count = 1;
      next = (): number => this.#count++;
    }
    const counter = new Counter();
    const counting = container(() => counter.next(), { name: "test-capture-class", capture: true, ...quiet });
    await expect(counting.run()).rejects.toMatchObject({
      code: "function_not_portable",
      message: expect.stringMatching(/container\.test\.ts:\d+\) closes over counter/),
    });
    const bound = container(scaleOf.bind(undefined, 2), { name: "test-capture-bound", capture: true, ...quiet });
    await expect(bound.run()).rejects.toThrow(/native or bound/);
  });

  test("whose name two containers of its module have is refused", async () => {
    await expect(first.run()).rejects.toThrow(/two containers of its module/);
  });

  test("whose arguments or value are no data is refused with the path", async () => {
    await expect(echo.run({ rows: [() => 1] })).rejects.toMatchObject({
      code: "not_transferable",
      message: expect.stringContaining("rows[0]"),
    });
    await expect(evaluate.run("return { list: [class {}] }")).rejects.toThrow(/list\[0\]/);
  });

  test("imports packages of this host, read-only, where its image has none", async () => {
    expect(await isUrl.run("https://polyloom.dev")).toBe(true);
    await expect(isUrl.build("no url")).rejects.toMatchObject({
      code: "function_not_portable",
      message: expect.stringContaining("zod"),
    });
  });

  test("reads copied files at their paths, two of one name among them", async () => {
    expect(await readData.run()).toEqual({ texts: ["of a", "of b"], executable: true });
  });

  test("says in its first word whether the image was found, and streams its lines while it runs", async () => {
    const seen: string[] = [];
    const lines = evaluate.with({
      onProgress: (event: ContainerProgress) => void seen.push(event.kind),
      onLog: (stream, chunk) => void seen.push(`${stream} ${Buffer.from(chunk).toString().trim()}`),
    });
    await lines.run("console.log('one'); console.error('two')");
    expect(seen[0]).toBe("found");
    expect(seen.slice(1).sort()).toEqual(["stderr two", "stdout one"]);
  });

  test("that exits by itself is a failure with its code, also with 0", async () => {
    await expect(evaluate.run("process.exit(4)")).rejects.toMatchObject({
      code: "container_failed",
      message: expect.stringContaining("code 4"),
    });
    await expect(evaluate.run("process.exit(0)")).rejects.toMatchObject({
      code: "container_failed",
      message: expect.stringContaining("before"),
    });
  });

  test("that is ended by a signal of the caller is cancelled", async () => {
    const abort = new AbortController();
    const onLog = (): void => abort.abort();
    const endless = evaluate.with({ signal: abort.signal, onLog });
    await expect(endless.run("console.log('up'); for (;;);")).rejects.toMatchObject({ name: "AbortError" });
  });

  test("whose module starts a run while it loads goes no further there", async () => {
    expect(await output("one-file.fixture.ts")).toBe("before\n15\n");
  });

  test("that is made after its module has used another is refused, with what to do", async () => {
    expect(await output("two-in-one-file.fixture.ts")).toContain("Make all containers of a module before one is used.");
  });
});

withEngine("clean-up", () => {
  test("leaves what a container uses", async () => {
    const [used] = await tagsOf("test-scale");
    const id = (await testEngine().docker.createContainer({ Image: used! })).id;
    const { cleanUpImages } = await import("./function/clean-up.ts");
    expect(await cleanUpImages(testEngine(), "polyloom/test-scale", "none")).not.toContain(used);
    await testEngine().docker.getContainer(id).remove();
    expect(await tagsOf("test-scale")).toContain(used);
  });

  test("removes earlier images of the function, and keeps the current one, deployed ones and those of others", async () => {
    const name = "test-cleanup";
    const double = { module: new URL("./functions-neighbour.fixture.ts", import.meta.url).href, export: "double" };
    const one = container<[number], number>(double, { name, ...quiet });
    const other = container<[number], number>(double, { name, copy: ["./fixtures/a/same.txt"], ...quiet });
    await removeAll(name);
    await one.run(1);
    const before = await tagsOf(name);
    const deployed = await one.build(1);
    await other.run(1);
    const after = await tagsOf(name);
    expect(before).toHaveLength(1);
    expect(after).toHaveLength(2);
    expect(after).toContain(deployed);
    expect(after).not.toContain(before[0]);
    expect(await tagsOf("test-evaluate")).not.toEqual([]);
    await removeAll(name);
  });
});

async function output(name: string): Promise<string> {
  const args = ["--conditions=polyloom-source", new URL(`./${name}`, import.meta.url).pathname];
  return (await promisify(execFile)(process.execPath, args, { timeout: 30_000 })).stdout;
}

async function tagsOf(name: string): Promise<string[]> {
  const images = await testEngine().docker.listImages();
  return images.flatMap(({ RepoTags: tags }) => tags ?? []).filter((tag) => tag.startsWith(`polyloom/${name}:`));
}

async function removeAll(name: string): Promise<void> {
  for (const tag of await tagsOf(name)) await testEngine().docker.getImage(tag).remove();
}

function scaleOf(this: unknown, factor: number): number {
  return factor;
}
