import { createHash } from "node:crypto";
import { builtinModules } from "node:module";
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { PolyloomError } from "@polyloom/wire";
import { build, type BuildFailure, type BuildOptions, type Message, type Plugin } from "esbuild";

import { stubText } from "./bundle-stub.ts";
import { conditions } from "./conditions.ts";
import { projectRoot } from "./project-root.ts";

/** What is bundled: a module whole, one export of it, or text. */
export type BundleEntry =
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "export"; readonly module: string; readonly name: string }
  | { readonly kind: "text"; readonly text: string; readonly module: string };

/** A function's module and the local files that it imports, as one module. */
export interface Bundle {
  readonly code: string;
  /** A hash of the code: the same for the same sources, wherever they lie. */
  readonly hash: string;
  /** Packages that it imports at run time, by name. */
  readonly packages: readonly ExternalPackage[];
}

/** A package that stays outside of a bundle. */
export interface ExternalPackage {
  readonly name: string;
  /** The `node_modules` folder of this host that it was found in. */
  readonly folder?: string;
  /** Whether it is imported when its module loads; else only where `import()` is reached. */
  readonly required: boolean;
}

const OPTIONS: BuildOptions = {
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
  target: "node22",
  sourcemap: "inline",
  sourcesContent: false,
  legalComments: "none",
  // A container is known by its function's name.
  keepNames: true,
  logLevel: "silent",
  // Local CommonJS files may require a package.
  banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
};

/** Bundles by esbuild: local files and Polyloom's own packages, others stay outside; throws function_not_portable. */
export async function bundle(entry: BundleEntry): Promise<Bundle> {
  const path = fileURLToPath(entry.module);
  const root = projectRoot(path);
  const packages = new Map<string, ExternalPackage>();
  const options = { ...OPTIONS, absWorkingDir: root, conditions: conditions(), plugins: [resolver(root, packages)] };
  try {
    const { outputFiles } = await build({ ...options, ...entryOptions(entry, path, root) });
    const code = outputFiles![0]!.text;
    const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
    return { code, hash, packages: [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) };
  } catch (cause) {
    throw notBundled(path, cause);
  }
}

function entryOptions(entry: BundleEntry, path: string, root: string): BuildOptions {
  if (entry.kind === "module") return { entryPoints: [posixPath(relative(root, path))], outdir: "." };
  const contents =
    entry.kind === "text"
      ? entry.text
      : `export { ${entry.name} } from ${JSON.stringify(`./${posixPath(relative(root, path))}`)};`;
  return { stdin: { contents, resolveDir: root, sourcefile: "function.mjs", loader: "js" } };
}

/** Says of each import whether it comes along: files do, and Polyloom's packages; what lies in node_modules does not. */
function resolver(root: string, packages: Map<string, ExternalPackage>): Plugin {
  return {
    name: "polyloom",
    setup: (esbuild) => {
      esbuild.onResolve({ filter: /^@polyloom\/containers$/ }, ({ path }) => ({ path, namespace: "polyloom-stub" }));
      esbuild.onLoad({ filter: /.*/, namespace: "polyloom-stub" }, async () => ({ contents: await stubText() }));
      esbuild.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData, namespace }) => {
        if (pluginData === RESOLVING || kind === "entry-point" || namespace === "polyloom-stub") return undefined;
        if (path.startsWith("node:") || builtinModules.includes(path)) return { path, external: true };
        const found = await esbuild.resolve(path, { kind, resolveDir, pluginData: RESOLVING });
        if (comesAlong(path, found.path, found.errors)) return found;
        const name = packageOf(path);
        const required = kind !== "dynamic-import" || (packages.get(name)?.required ?? false);
        packages.set(name, { name, ...folderOf(name, found.path), required });
        return { path, external: true };
      });
      esbuild.onResolve({ filter: /\.node$/ }, ({ path, importer }) => ({
        errors: [{ text: `${path} is native code beside ${relative(root, importer)}; make it a package` }],
      }));
    },
  };
}

const RESOLVING = Symbol("resolving");

function comesAlong(specifier: string, path: string, errors: readonly Message[]): boolean {
  if (errors.length > 0 || path === "") return false;
  const own = /^(?:@polyloom\/|polyloom$)/.test(specifier);
  return own || (isAbsolute(path) && !path.includes(`${sep}node_modules${sep}`));
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function folderOf(name: string, path: string): { folder?: string } {
  const end = path.lastIndexOf(`${sep}node_modules${sep}${name.split("/").join(sep)}`);
  return end < 0 ? {} : { folder: path.slice(0, end) + `${sep}node_modules` };
}

function notBundled(path: string, cause: unknown): PolyloomError {
  const errors = (cause as Partial<BuildFailure>).errors ?? [];
  const texts = errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  const reason = texts.join("; ") || (cause as Error).message;
  const message = `The function's module ${path} cannot be bundled: ${reason}.`;
  return new PolyloomError("function_not_portable", message, {
    cause,
    details: { file: path, reason: "bundle", texts },
  });
}

function posixPath(path: string): string {
  return path.split(sep).join("/");
}
