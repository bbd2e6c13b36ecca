import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { copiedFiles } from "./copied-files.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "polyloom-copy-"));
  await mkdir(join(root, "data/deep"), { recursive: true });
  await writeFile(join(root, "data/one.txt"), "one");
  await writeFile(join(root, "data/deep/two.txt"), "two");
  await writeFile(join(root, "run.sh"), "#!/bin/sh");
  await chmod(join(root, "run.sh"), 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const pathsOf = async (...paths: string[]): Promise<string[]> =>
  (await copiedFiles(root, paths)).files.map(({ path }) => path);

describe("copied files", () => {
  test("keep their paths, sorted, with what may be executed", async () => {
    const { files } = await copiedFiles(root, ["./run.sh", "data/"]);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ["data/deep/two.txt", false],
      ["data/one.txt", false],
      ["run.sh", true],
    ]);
  });

  test("are the same by their content and mode, whenever they were written", async () => {
    const before = await copiedFiles(root, ["data"]);
    await writeFile(join(root, "data/one.txt"), "one");
    expect(await copiedFiles(root, ["data"])).toEqual(before);
    await writeFile(join(root, "data/one.txt"), "One");
    expect(await copiedFiles(root, ["data"])).not.toEqual(before);
  });

  test("leave out what .dockerignore names, and take in again what it excepts", async () => {
    await writeFile(join(root, ".dockerignore"), "data/**\n!data/deep/two.txt\n");
    expect(await pathsOf("data")).toEqual(["data/deep/two.txt"]);
    await expect(pathsOf("data/one.txt")).rejects.toMatchObject({ code: "copy_refused" });
  });

  test("never are a repository or installed packages", async () => {
    await mkdir(join(root, ".git"));
    await mkdir(join(root, "data/node_modules/pkg"), { recursive: true });
    await writeFile(join(root, ".git/config"), "");
    await writeFile(join(root, "data/node_modules/pkg/index.js"), "");
    expect(await pathsOf(".")).toEqual(["data/deep/two.txt", "data/one.txt", "run.sh"]);
  });

  test("that look like secrets are named", async () => {
    for (const name of [".env", ".env.local", "server.pem", ".npmrc", "id_rsa", "keys.ts"]) {
      await writeFile(join(root, "data", name), "x");
    }
    const { secrets } = await copiedFiles(root, ["data"]);
    expect(secrets).toEqual(["data/.env", "data/.env.local", "data/.npmrc", "data/id_rsa", "data/server.pem"]);
  });

  test("may be links inside of the folder, and nothing else", async () => {
    await symlink("one.txt", join(root, "data/link.txt"));
    expect(await pathsOf("data/link.txt")).toEqual(["data/link.txt"]);
    await symlink("/etc/passwd", join(root, "data/out.txt"));
    await expect(pathsOf("data")).rejects.toThrow(/data\/out\.txt is a link that leads out of the folder/);
  });

  test.each([
    ["/etc/passwd", "lies outside"],
    ["../elsewhere", "lies outside"],
    ["data/../../x", "lies outside"],
    ["absent.txt", "does not exist"],
  ])("%s is refused", async (path, reason) => {
    await expect(pathsOf(path)).rejects.toMatchObject({
      code: "copy_refused",
      message: expect.stringContaining(reason),
    });
  });

  test("refuse links to nothing and in circles", async () => {
    await symlink("gone", join(root, "dangling"));
    await expect(pathsOf("dangling")).rejects.toThrow(/link to nothing/);
    await symlink("..", join(root, "data/deep/up"));
    await expect(pathsOf("data")).rejects.toThrow(/folder that it lies in/);
  });
});
