import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { globSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import { testEngine, testImage } from "./engine.fixture.ts";
import { type ArchiveEntry, archive } from "./image/archive.ts";
import { buildImage } from "./image/build-image.ts";

const SHIM = '#!/usr/local/bin/node\nrequire("/usr/local/lib/node_modules/npm/lib/cli.js")(process);\n';

/** Notes what it was asked for, and stands for Debian's, which would need all of Debian. */
const APT = '#!/bin/sh\necho "$@" >> /app/apt.txt\n';

/** A registry of npm on this host with one package, whose version is its only news. */
export interface Registry extends AsyncDisposable {
  readonly port: number;
}

/** An image with a shell and npm, made of the offline base and of this host's own; no registry has to answer for it. */
export async function shellBase(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const variables = Object.entries(env).map(([name, value]) => `ENV ${name}=${value}`);
  const dockerfile = [`FROM ${await testImage()}`, "COPY files/ /", "LABEL polyloom.base=", ...variables, ""].join(
    "\n",
  );
  const hash = createHash("sha256").update(dockerfile).digest("hex").slice(0, 16);
  const tag = `polyloom/test-shell-base:${hash}`;
  const context = [...["/bin/sh", "/bin/rm"].map(programEntry), ...npmEntries(), ...textEntries()];
  await buildImage(testEngine(), { tag, dockerfile, context });
  return tag;
}

/** A registry with the package `polyloom-test-greeting`. */
export async function startRegistry(): Promise<Registry> {
  const tarball = gzipSync(await buffer(archive(PACKAGE)));
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const url = `http://${request.headers.host ?? `127.0.0.1:${port}`}/greeting.tgz`;
    response.end(request.url === "/greeting.tgz" ? tarball : JSON.stringify(packument(url, tarball)));
  });
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

const MANIFEST = { name: "polyloom-test-greeting", version: "1.2.3", type: "module", exports: "./index.js" };

const PACKAGE: readonly ArchiveEntry[] = [
  { kind: "text", path: "package/package.json", mode: 0o644, content: JSON.stringify(MANIFEST) },
  { kind: "text", path: "package/index.js", mode: 0o644, content: 'export const greeting = "installed";\n' },
];

function packument(url: string, tarball: Uint8Array): unknown {
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const version = { ...MANIFEST, dist: { tarball: url, integrity } };
  return { name: MANIFEST.name, "dist-tags": { latest: MANIFEST.version }, versions: { [MANIFEST.version]: version } };
}

function programEntry(path: string): ArchiveEntry {
  const source = realpathSync(path);
  return { kind: "file", path: `files${path}`, mode: 0o755, source, size: statSync(source).size };
}

function npmEntries(): ArchiveEntry[] {
  const root = execFileSync("npm", ["root", "--global"], { encoding: "utf8" }).trim();
  const npm = realpathSync(join(root, "npm"));
  const files = globSync("**/*.{js,json,cjs}", { cwd: npm }).filter((path) => statSync(join(npm, path)).isFile());
  return files.map((path) => {
    const content = readFileSync(join(npm, path));
    return { kind: "text", path: `files/usr/local/lib/node_modules/npm/${path}`, mode: 0o644, content };
  });
}

function textEntries(): ArchiveEntry[] {
  return [
    { kind: "text", path: "files/usr/local/bin/npm", mode: 0o755, content: SHIM },
    { kind: "text", path: "files/usr/local/bin/apt-get", mode: 0o755, content: APT },
  ];
}
