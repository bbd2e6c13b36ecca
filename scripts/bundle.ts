/**
 * Bundles what a package's entries load into few files: importing fifty small ones takes longer than running them.
 * Run in the package's folder, after the compiler; other packages stay outside. The declarations stay as they are.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { rolldown } from "rolldown";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entries = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [basename(entry.default)]));
const isOutside = (id: string): boolean => !id.startsWith(".") && !id.startsWith("/");

const bundle = await rolldown({
  input: entries.map((entry) => `./dist/${entry}`),
  external: isOutside,
  treeshake: { moduleSideEffects: false },
});
await bundle.write({ dir: "dist/bundle", format: "esm", sourcemap: true, cleanDir: true });
