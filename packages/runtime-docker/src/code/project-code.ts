import { existsSync, realpathSync, statSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mount } from "@polyloom/containers";
import { conditionsOf } from "./loading-flags.ts";
import { packageFolderOf, sourceGraph } from "./source-graph.ts";

/**
 * The code that nodes need, for containers to mount: copies of the files that their modules import, and of nothing
 * else in the project, at the paths that they have here; and the folders of packages as they are.
 */
export class ProjectCode {
  readonly #folder: string;
  readonly #conditions: readonly string[];
  readonly #followed: Set<string> = new Set();
  readonly #copied: Set<string> = new Set();
  readonly #roots: Set<string> = new Set();
  readonly #packageFolders: Set<string> = new Set();
  #last: Promise<unknown> = Promise.resolve();

  /** Copies go below `folder`; `flags` say how modules load. */
  constructor(folder: string, flags: readonly string[]) {
    this.#folder = folder;
    this.#conditions = conditionsOf(flags);
  }

  /**
   * Makes sure that the modules with these URLs are there, all they import, and files and folders by path; modules that
   * are no files are left out.
   */
  add(modules: readonly string[], files: readonly string[] = []): Promise<void> {
    const added = this.#last.then(() => this.#add(modules, files));
    this.#last = added.catch(() => undefined);
    return added;
  }

  /** What a container needs to have mounted; more of it as modules are added. */
  mounts(): readonly Mount[] {
    const roots = outermost(this.#roots).map((root) => ({ source: this.#copyOf(root), target: root }));
    const packages = outermost(this.#packageFolders).map((folder) => ({ source: folder, target: folder }));
    return [...roots, ...packages];
  }

  /** This process's, where the containers have it. */
  get workingDirectory(): string | undefined {
    const here = process.cwd();
    return [...this.#roots].some((root) => here === root || here.startsWith(root + sep)) ? here : undefined;
  }

  async #add(modules: readonly string[], data: readonly string[]): Promise<void> {
    await Promise.all(data.map((path) => this.#copyAll(path)));
    const entries = [...new Set(modules.flatMap(pathOf))].filter((path) => !this.#followed.has(path));
    for (const path of entries) this.#followed.add(path);
    for (const path of entries.flatMap((entry) => packageFolderOf(entry) ?? [])) this.#packageFolders.add(path);
    const own = entries.filter((path) => packageFolderOf(path) === undefined);
    const { files, packageFolders } = await sourceGraph(own, this.#conditions);
    for (const folder of packageFolders) this.#packageFolders.add(folder);
    await Promise.all([...files].map((file) => this.#copy(file)));
    await this.#makeMountPoints();
  }

  async #copyAll(path: string): Promise<void> {
    if (this.#copied.has(path)) return;
    if (!isFolder(path)) return this.#copy(path);
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    await Promise.all(files.map(({ parentPath, name }) => this.#copy(join(parentPath, name))));
  }

  async #copy(file: string): Promise<void> {
    if (this.#copied.has(file)) return;
    this.#copied.add(file);
    const copy = this.#copyOf(file);
    await makeFolder(dirname(copy));
    await copyFile(file, copy);
    // Whoever owns it here: in the container somebody else reads it.
    await chmod(copy, 0o644);
    await this.#belongTo(dirname(file));
  }

  /** The file's project: what its package.json says, and the packages that it can see. */
  async #belongTo(folder: string): Promise<void> {
    const project = nearestProject(folder) ?? folder;
    if (!this.#roots.has(project) && existsSync(join(project, "package.json"))) {
      this.#roots.add(project);
      await this.#copy(join(project, "package.json"));
    }
    this.#roots.add(project);
    for (const each of upwards(folder)) {
      const packages = join(each, "node_modules");
      if (isFolder(packages)) this.#packageFolders.add(packages);
    }
  }

  /** A mount below a read-only one needs a folder that is there before. */
  async #makeMountPoints(): Promise<void> {
    const roots = outermost(this.#roots);
    for (const folder of this.#packageFolders) {
      if (roots.some((root) => folder.startsWith(root + sep))) await makeFolder(this.#copyOf(folder));
    }
    if (this.workingDirectory !== undefined) await makeFolder(this.#copyOf(this.workingDirectory));
  }

  #copyOf(path: string): string {
    return join(this.#folder, path);
  }
}

/** Open to everybody, whatever this process's mask is. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let at = folder; at.startsWith(first); at = dirname(at)) await chmod(at, 0o755);
}

function pathOf(module: string): string[] {
  if (!module.startsWith("file:")) return [];
  const path = fileURLToPath(module);
  return existsSync(path) ? [realpathSync(path)] : [];
}

function nearestProject(folder: string): string | undefined {
  return upwards(folder).find((each) => existsSync(join(each, "package.json")));
}

/** A folder, and all that it lies in. */
function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Those that lie in none of the others. */
function outermost(folders: ReadonlySet<string>): string[] {
  const all = [...folders].sort();
  return all.filter((folder) => !all.some((other) => folder.startsWith(other + sep)));
}
