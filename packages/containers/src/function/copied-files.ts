import { createHash } from "node:crypto";
import { createReadStream, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

import dockerignore, { type Ignore } from "@balena/dockerignore";
import { PolyloomError } from "@polyloom/wire";

/** A file that goes into an image. */
export interface CopiedFile {
  /** Where it lies in the image, from the folder of the function; with slashes. */
  readonly path: string;
  /** Where it is on this host, links resolved. */
  readonly source: string;
  readonly size: number;
  readonly executable: boolean;
  /** SHA-256 of the content, in hexadecimal. */
  readonly hash: string;
}

/** The files, and what should be looked at before they are given away. */
export interface CopiedFiles {
  readonly files: readonly CopiedFile[];
  /** Paths that look like secrets. */
  readonly secrets: readonly string[];
}

const NEVER = ["**/.git", "**/node_modules", "**/.DS_Store"];
const SECRET =
  /(?:^|\/)(?:\.env(?:\..+)?|\.npmrc|\.netrc|id_(?:rsa|ecdsa|ed25519)|[^/]+\.(?:pem|key|p12|pfx)|credentials(?:\.json)?)$/;

/**
 * The files of some paths from a folder, sorted; `.dockerignore` counts, and `.git` and `node_modules` stay out.
 * Throws copy_refused for what is missing, ignored, above the folder, or a link that leads out of it.
 */
export async function copiedFiles(root: string, paths: readonly string[]): Promise<CopiedFiles> {
  const walk: Walk = { root: realpathSync(root), ignored: ignoreFile(root), found: new Map() };
  for (const path of paths) addEntry(walk, normalize(path));
  const files = await Promise.all([...walk.found.values()].map(withHash));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, secrets: files.map(({ path }) => path).filter((path) => SECRET.test(path)) };
}

type FoundFile = Omit<CopiedFile, "hash">;

interface Walk {
  readonly root: string;
  readonly ignored: Ignore;
  readonly found: Map<string, FoundFile>;
}

function ignoreFile(root: string): Ignore {
  const path = join(root, ".dockerignore");
  return dockerignore.default().add([...(existsSync(path) ? readFileSync(path, "utf8").split("\n") : []), ...NEVER]);
}

function normalize(path: string): string {
  const normal = posix.normalize(path.split(sep).join("/")).replace(/\/$/, "");
  if (normal !== ".." && !normal.startsWith("../") && !posix.isAbsolute(normal)) return normal;
  throw refused(path, "lies outside of the function's folder; copy from inside of it");
}

function addEntry(walk: Walk, path: string): void {
  const source = resolve(walk, path);
  const status = statSync(source);
  if (status.isDirectory()) return addFolder(walk, path, []);
  if (walk.ignored.ignores(path)) throw refused(path, "is ignored by .dockerignore");
  addFile(walk, path, source);
}

function addFolder(walk: Walk, path: string, above: readonly string[]): void {
  const source = resolve(walk, path);
  if (above.includes(source)) throw refused(path, "is a link to a folder that it lies in");
  for (const name of readdirSync(source).sort()) {
    const child = path === "." ? name : `${path}/${name}`;
    const childSource = resolve(walk, child);
    if (statSync(childSource).isDirectory()) {
      // A folder that is ignored may hold what a later pattern takes in again.
      if (!NEVER.includes(`**/${name}`)) addFolder(walk, child, [...above, source]);
    } else if (!walk.ignored.ignores(child)) addFile(walk, child, childSource);
  }
}

function addFile(walk: Walk, path: string, source: string): void {
  const status = statSync(source);
  if (!status.isFile()) throw refused(path, "is neither a file nor a folder");
  walk.found.set(path, { path, source, size: status.size, executable: (status.mode & 0o111) !== 0 });
}

function resolve({ root }: Walk, path: string): string {
  const full = join(root, path);
  if (!existsSync(full))
    throw refused(path, lstatSync(full, { throwIfNoEntry: false }) ? "is a link to nothing" : "does not exist");
  const source = realpathSync(full);
  const inside = relative(root, source);
  if (inside === ".." || inside.startsWith(`..${sep}`)) throw refused(path, "is a link that leads out of the folder");
  return source;
}

async function withHash(file: FoundFile): Promise<CopiedFile> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file.source)) hash.update(chunk as Buffer);
  return { ...file, hash: hash.digest("hex") };
}

function refused(path: string, reason: string): PolyloomError {
  return new PolyloomError("copy_refused", `copy: ${path} ${reason}.`, { details: { path, reason } });
}
