import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { testEngine, testImage, withEngine } from "./engine.fixture.ts";
import { withBuildContext } from "./function/build-context.ts";
import { checkOptions, type ContainerOptions } from "./function/container-options.ts";
import { BASE_STAGE } from "./function/dockerfile.ts";
import { planImage } from "./function/image-plan.ts";
import { greeting, readText } from "./functions-needs.fixture.ts";
import { archive } from "./image/archive.ts";
import { buildImage } from "./image/build-image.ts";
import { drainProgress } from "./image/progress.ts";
import { shellBase, startRegistry } from "./shell-base.fixture.ts";

const FIXTURES = new URL("./fixtures", import.meta.url).pathname;
const HERE = import.meta.filename;

const planOf = async (options: ContainerOptions, file: string = HERE) =>
  await planImage(
    testEngine(),
    checkOptions({ name: "test-plan", baseImage: await testImage(), ...options }, ""),
    file,
  );
const tagOf = async (options: ContainerOptions, file?: string): Promise<string> => (await planOf(options, file)).tag;

withEngine("the tag of an image", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "polyloom-plan-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("is the same for the same needs, in any folder and at any time", async () => {
    for (const checkout of ["one", "two"]) await cp(FIXTURES, join(folder, checkout, "fixtures"), { recursive: true });
    const tags = await Promise.all(
      ["one", "two", "one"].map((checkout) => tagOf({ copy: ["fixtures/"] }, join(folder, checkout, "module.ts"))),
    );
    expect(new Set(tags).size).toBe(1);
  });

  test("is another when a byte, a name, an order or the base is", async () => {
    const file = join(folder, "module.ts");
    await writeFile(join(folder, "a.txt"), "a");
    const copied = await tagOf({ copy: ["a.txt"] }, file);
    await writeFile(join(folder, "a.txt"), "A");
    const changed = await tagOf({ copy: ["a.txt"] }, file);
    await writeFile(join(folder, "b.txt"), "A");
    const different = [
      copied,
      changed,
      await tagOf({ copy: ["b.txt"] }, file),
      await tagOf({}, file),
      await tagOf({ npm: ["a@1.0.0", "b@1.0.0"] }, file),
      await tagOf({ npm: ["b@1.0.0", "a@1.0.0"] }, file),
      await tagOf({ npm: ["a@1.0.1", "b@1.0.0"] }, file),
      await tagOf({ apt: ["aa"] }, file),
      await tagOf({ apt: ["aab", "ccc"] }, file),
      await tagOf({ apt: ["aa", "bccc"] }, file),
      await tagOf({ runCommands: ["a", "b"] }, file),
      await tagOf({ runCommands: ["b", "a"] }, file),
      await tagOf({ baseImage: await shellBase() }, file),
    ];
    expect(new Set(different).size).toBe(different.length);
  });

  test("takes the version of a package from the lock file", async () => {
    const lock = { packages: { "node_modules/sharp": { version: "0.34.5" } } };
    await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
    const file = join(folder, "module.ts");
    expect((await planOf({ npm: ["sharp"] }, file)).npm).toEqual([{ name: "sharp", version: "0.34.5" }]);
    expect(await tagOf({ npm: ["sharp"] }, file)).toBe(await tagOf({ npm: ["sharp@0.34.5"] }, file));
  });

  test("leaves out what the prebuilt base has, and nothing of any other base", async () => {
    const dockerfile = `FROM ${await testImage()}\nLABEL polyloom.packages=zod@4.6.7,ms@2.1.3\n`;
    const npm = ["zod@4.6.7", "zod-extra@1.0.0"];
    const names = async (baseImage: string): Promise<string[]> =>
      (await planOf({ baseImage, npm })).npm.map(({ name }) => name);
    for (const tag of ["ghcr.io/polyloom/base:test", "polyloom/test-custom-base:test"]) {
      await buildImage(testEngine(), { tag, dockerfile, context: [] });
    }
    expect(await names("ghcr.io/polyloom/base:test")).toEqual(["zod-extra"]);
    expect(await names("polyloom/test-custom-base:test")).toEqual(["zod", "zod-extra"]);
    await testEngine().docker.getImage("ghcr.io/polyloom/base:test").remove();
    await testEngine().docker.getImage("polyloom/test-custom-base:test").remove();
  });
});

withEngine("the needs of a function", () => {
  afterAll(removeShellBases);

  test("from npm are installed on the host where the base has no npm", async () => {
    await using registry = await startRegistry();
    await withRegistry(`http://127.0.0.1:${registry.port}/`, async () => {
      expect(await greeting.with({ baseImage: await testImage() }).run()).toBe("installed");
    });
  });

  test("from npm are installed in the image where the base has it", async () => {
    await using registry = await startRegistry();
    const base = await shellBase({ npm_config_registry: `http://${await gateway()}:${registry.port}/` });
    expect(await greeting.with({ baseImage: base }).run()).toBe("installed");
  });

  test("that npm does not find fail with what npm says", async () => {
    await using registry = await startRegistry();
    await withRegistry(`http://127.0.0.1:${registry.port}/`, async () => {
      const failure = greeting.with({ npm: ["polyloom-test-greeting@9.9.9"], baseImage: await testImage() }).run();
      await expect(failure).rejects.toMatchObject({
        code: "image_build_failed",
        message: expect.stringContaining("9.9.9"),
      });
    });
  });

  test("by commands run in their order, after Debian's packages", async () => {
    const needy = readText.with({
      baseImage: await shellBase(),
      apt: ["ffmpeg", "curl=7.88.1-10"],
      runCommands: ["echo one >> /app/apt.txt", "echo two >> /app/apt.txt"],
    });
    const install = "install -y --no-install-recommends ffmpeg curl=7.88.1-10";
    expect(await needy.run("/app/apt.txt")).toBe(`update\n${install}\none\ntwo\n`);
  });

  test("by a command that fails come with its output", async () => {
    const failing = readText.with({ baseImage: await shellBase(), runCommands: ["echo so far; exit 3"] });
    const error = failing.run("/x");
    await expect(error).rejects.toMatchObject({
      code: "image_build_failed",
      message: expect.stringContaining("code: 3"),
    });
    await expect(error).rejects.toMatchObject({ details: { output: expect.stringContaining("so far") } });
  });

  test.each([[{ apt: ["ffmpeg"] }], [{ runCommands: ["true"] }]])(
    "%j are refused on a base without a shell",
    async (options) => {
      const failure = readText.with({ ...options, baseImage: await testImage() }).run("/x");
      await expect(failure).rejects.toMatchObject({
        code: "image_base_unsuitable",
        message: expect.stringContaining("/bin/sh"),
      });
    },
  );

  test("build on BuildKit as on the classic builder", async () => {
    const plan = await planOf({
      copy: ["fixtures/"],
      runCommands: ["echo built > /app/x"],
      baseImage: await shellBase(),
    });
    const tag = "polyloom/test-buildkit:test";
    await withBuildContext(testEngine(), plan, undefined, async ({ dockerfile, entries }) => {
      const context = archive([...entries, { kind: "text", path: "Dockerfile", mode: 0o644, content: dockerfile }]);
      const settings = { t: tag, version: "2" as const, target: BASE_STAGE };
      const stream = await testEngine().docker.buildImage(context as unknown as NodeJS.ReadableStream, settings);
      await drainProgress(stream as never, "image_build_failed", tag);
    });
    expect((await testEngine().findImage(tag))?.tags).toContain(tag);
    await testEngine().docker.getImage(tag).remove();
  });
});

/** What was built on them goes first. */
async function removeShellBases(): Promise<void> {
  for (const name of ["test-npm", "test-needs", "test-shell-base"]) {
    const images = await testEngine().docker.listImages({ filters: { reference: [`polyloom/${name}`] } });
    const tags = images.flatMap(({ RepoTags: all }) => all ?? []);
    await Promise.all(tags.map((tag) => testEngine().docker.getImage(tag).remove()));
  }
}

async function withRegistry(url: string, work: () => Promise<void>): Promise<void> {
  const before = process.env["npm_config_registry"];
  process.env["npm_config_registry"] = url;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env["npm_config_registry"];
    else process.env["npm_config_registry"] = before;
  }
}

/** This host, as containers on the bridge see it: the first address there, unless the engine says otherwise. */
async function gateway(): Promise<string> {
  const { IPAM: ipam } = (await testEngine().docker.getNetwork("bridge").inspect()) as Bridge;
  const { Gateway: own, Subnet: subnet } = ipam.Config[0]!;
  return own ?? subnet.replace(/\.0\/\d+$/, ".1");
}

interface Bridge {
  readonly IPAM: { readonly Config: readonly { readonly Subnet: string; readonly Gateway?: string }[] };
}
