import { createHash, type Hash } from "node:crypto";
import { createReadStream, realpathSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { rootCertificates } from "node:tls";

import { PolyloomError } from "@polyloom/wire";

import type { ContainerEngine } from "../engine/container-engine.ts";
import { type ArchiveEntry, archive } from "./archive.ts";
import { drainProgress } from "./progress.ts";
import { sharedLibraries } from "./shared-libraries.ts";

/** What an image is called without its tag, of those made of this host's Node. */
export const OFFLINE_BASE = "polyloom/base";

/** The folder in which functions, copied files and packages lie, and in which containers run. */
export const APP_FOLDER = "/app";

const NODE_PATH = "usr/local/bin/node";
const LAYOUT = "1";
const CONTENT_TAG = /:[0-9a-f]{16}$/;

const SETTINGS: readonly string[] = [
  `ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_VERSION=${process.versions.node}`,
  `WORKDIR ${APP_FOLDER}`,
  "LABEL polyloom.base=offline",
  `CMD ["/${NODE_PATH}"]`,
];

const TEXTS: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/:/bin/false\nnobody:x:65534:65534:nobody:/tmp:/bin/false\n",
  "etc/group": "root:x:0:\nnogroup:x:65534:\n",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

const FOLDERS: Readonly<Record<string, number>> = {
  "app/": 0o755,
  "app/node_modules/": 0o755,
  // A tmpfs takes the mode of the folder it covers.
  "tmp/": 0o1777,
  "var/": 0o755,
  "var/tmp/": 0o1777,
};

/**
 * An image made of the Node that runs this program, with its libraries and certificates: no registry is asked.
 * Gives its tag, in `repository`, which is a hash of its content; made once, found by a request or two afterwards. Throws
 * image_base_unsuitable where engine and host differ, or the host is not Linux.
 */
export async function offlineBaseImage(engine: ContainerEngine, repository: string = OFFLINE_BASE): Promise<string> {
  assertSamePlatform(engine);
  const files = [process.execPath, ...sharedLibraries(process.execPath)].map(hostFile);
  const alias = `host-${identityOf(files)}`;
  const known = await engine.findImage(`${repository}:${alias}`);
  const tag = known?.tags.find((name) => name.startsWith(`${repository}:`) && CONTENT_TAG.test(name));
  if (tag !== undefined) return tag;
  return await makeBase(engine, files, repository, alias);
}

interface HostFile {
  readonly path: string;
  readonly source: string;
  readonly size: number;
  /** Changes when the file does, and says nothing elsewhere. */
  readonly identity: string;
}

async function makeBase(
  engine: ContainerEngine,
  files: readonly HostFile[],
  repository: string,
  alias: string,
): Promise<string> {
  const name = await contentOf(files);
  const tag = `${repository}:${name}`;
  if ((await engine.findImage(tag)) === undefined) await importBase(engine, files, repository, name);
  await engine.request("tag an image", () => engine.docker.getImage(tag).tag({ repo: repository, tag: alias }));
  return tag;
}

async function importBase(
  engine: ContainerEngine,
  files: readonly HostFile[],
  repository: string,
  tag: string,
): Promise<void> {
  const stream = await engine.request("import a base image", () =>
    engine.docker.importImage(archive(entriesOf(files)) as NodeJS.ReadStream, {
      repo: repository,
      tag,
      changes: [...SETTINGS],
    }),
  );
  await drainProgress(stream as unknown as Readable, "image_build_failed", repository);
}

function entriesOf(files: readonly HostFile[]): ArchiveEntry[] {
  const certificates = `${rootCertificates.join("\n")}\n`;
  const texts = { ...TEXTS, "etc/ssl/certs/ca-certificates.crt": certificates };
  return [
    ...Object.entries(FOLDERS).map(([path, mode]): ArchiveEntry => ({ kind: "folder", path, mode })),
    ...Object.entries(texts).map(([path, content]): ArchiveEntry => ({ kind: "text", path, mode: 0o644, content })),
    ...files.map(({ path, source, size }): ArchiveEntry => ({ kind: "file", path, mode: 0o755, source, size })),
  ];
}

function hostFile(path: string, index: number): HostFile {
  const source = realpathSync(path);
  const { size, mtimeMs, ino, dev } = statSync(source);
  const place = index === 0 ? NODE_PATH : path.slice(1);
  return { path: place, source, size, identity: [place, source, size, mtimeMs, dev, ino].join(":") };
}

function identityOf(files: readonly HostFile[]): string {
  return digest([...SETTINGS, ...files.map(({ identity }) => identity)]);
}

async function contentOf(files: readonly HostFile[]): Promise<string> {
  const hash = createHash("sha256");
  hash.update(digest([...SETTINGS, ...Object.entries(TEXTS).flat(), ...rootCertificates]));
  for (const { path, source, size } of files) {
    hash.update(`\0${path}\0${size}\0`);
    await hashFile(hash, source);
  }
  return hash.digest("hex").slice(0, 16);
}

async function hashFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
}

function digest(parts: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([LAYOUT, ...parts]))
    .digest("hex")
    .slice(0, 16);
}

function assertSamePlatform({ facts }: ContainerEngine): void {
  const here = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
  if (facts.operatingSystem === "linux" && facts.architecture === here) return;
  const engine = `${facts.operatingSystem}/${facts.architecture}`;
  const message = `The engine runs ${engine} images, and this is ${process.platform}/${here}. Set baseImage to an image for ${engine}.`;
  throw new PolyloomError("image_base_unsuitable", message, { details: { engine, host: here } });
}
