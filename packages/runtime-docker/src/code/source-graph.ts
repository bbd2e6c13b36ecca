import { builtinModules } from "node:module";
import { isAbsolute, sep } from "node:path";
import { build, type Plugin } from "esbuild";

/** What modules import, all the way: files that are the project's own, and packages. */
export interface SourceGraph {
  /** Absolute paths, links resolved. */
  readonly files: ReadonlySet<string>;
  /** The `node_modules` folders in which packages were found. */
  readonly packageFolders: ReadonlySet<string>;
}

const RESOLVING = Symbol("resolving");
const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/**
 * Follows the imports of modules, by esbuild. What cannot be found or read is left out: importing it says why, in the
 * words of Node.
 */
export async function sourceGraph(entries: readonly string[], conditions: readonly string[]): Promise<SourceGraph> {
  const files = new Set<string>();
  const packageFolders = new Set<string>();
  await build({
    entryPoints: [...entries],
    bundle: true,
    write: false,
    outdir: ".",
    platform: "node",
    format: "esm",
    conditions: [...conditions],
    logLevel: "silent",
    // Node loads what is imported, used or not.
    ignoreAnnotations: true,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [follower(files, packageFolders)],
  }).catch(() => undefined);
  return { files, packageFolders };
}

function follower(files: Set<string>, packageFolders: Set<string>): Plugin {
  return {
    name: "polyloom",
    setup: (esbuild) => {
      esbuild.onResolve({ filter: /.*/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === RESOLVING || kind === "entry-point") return undefined;
        if (path.startsWith("node:") || builtinModules.includes(path)) return { path, external: true };
        const found = await esbuild.resolve(path, { kind, resolveDir, pluginData: RESOLVING });
        if (found.errors.length > 0 || !isAbsolute(found.path)) return { path, external: true };
        const folder = packageFolderOf(found.path);
        if (folder === undefined) return found;
        packageFolders.add(folder);
        return { path, external: true };
      });
      esbuild.onLoad({ filter: /.*/ }, ({ path }) => {
        files.add(path);
        return SCRIPT.test(path) ? undefined : { contents: "", loader: "js" };
      });
    },
  };
}

/** The outermost `node_modules` that a path is in. */
export function packageFolderOf(path: string): string | undefined {
  const mark = `${sep}node_modules`;
  const at = path.indexOf(mark + sep);
  return at < 0 ? undefined : path.slice(0, at + mark.length);
}
