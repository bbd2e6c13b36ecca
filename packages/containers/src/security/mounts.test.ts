import { once } from "node:events";
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { engineMounts } from "./mounts.ts";

let folder: string;
const paths = { dataRoot: "/var/lib/docker" };
const mount = (source: string, target = "/data") => engineMounts([{ source, target }], paths);

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "polyloom-mounts-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("mounts", () => {
  test("are read-only unless they say otherwise, and volumes by name", () => {
    expect(mount(folder)).toEqual([{ Type: "bind", Source: folder, Target: "/data", ReadOnly: true }]);
    const writable = engineMounts([{ source: "cache", target: "/cache/", writable: true }], paths);
    expect(writable).toEqual([{ Type: "volume", Source: "cache", Target: "/cache", ReadOnly: false }]);
  });

  test("are of what a link leads to", async () => {
    await mkdir(join(folder, "real"));
    await symlink("real", join(folder, "link"));
    expect(mount(join(folder, "link"))[0]!.Source).toBe(join(folder, "real"));
  });

  test.each([
    "/",
    "/proc",
    "/proc/self",
    "/sys",
    "/etc",
    "/etc/ssl",
    "/dev",
    "/var",
    "/var/lib/docker",
    "/run",
    "/var/run",
  ])("of %s are refused", (source) => {
    expect(() => mount(source)).toThrow(expect.objectContaining({ code: "bind_refused" }));
  });

  test("of a link to what is refused are refused as well, at any depth", async () => {
    await symlink("/etc", join(folder, "innocent"));
    await symlink("innocent", join(folder, "doubly"));
    expect(() => mount(join(folder, "doubly"))).toThrow(/which is \/etc,/);
    expect(() => mount(join(folder, "doubly/ssl"))).toThrow(/would give the container \/etc/);
  });

  test("of the engine's socket are refused, under any name", async () => {
    const socketPath = join(folder, "engine.sock");
    const server = createServer().listen(socketPath);
    await once(server, "listening");
    await link(socketPath, join(folder, "other-name"));
    await symlink(socketPath, join(folder, "third-name"));
    for (const name of ["engine.sock", "other-name", "third-name"]) {
      const mounts = [{ source: join(folder, name), target: "/x" }];
      expect(() => engineMounts(mounts, { ...paths, socketPath })).toThrow(
        expect.objectContaining({ code: "bind_refused" }),
      );
    }
    expect(() => engineMounts([{ source: folder, target: "/x" }], { ...paths, socketPath })).toThrow(/engine\.sock/);
    server.close();
    await once(server, "close");
  });

  test.each([
    ["absent", "/data", /does not exist/],
    [".", "relative", /no absolute target/],
    [".", "/", /no absolute target/],
    [".", "/proc/x", /would cover \/proc/],
    [".", "/data/../sys", /would cover \/sys/],
  ])("of %s to %s are refused", async (name, target, reason) => {
    await writeFile(join(folder, "file"), "");
    expect(() => mount(join(folder, name), target)).toThrow(reason);
  });

  test("of a name that is no volume's are refused", () => {
    expect(() => mount("a b")).toThrow(/neither an absolute path nor the name of a volume/);
  });
});
