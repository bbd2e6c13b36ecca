/**
 * Bundles an entry with all that it imports into one file, which needs nothing but Node.
 *
 *     node scripts/one-file.ts dist/one-file.js dist/polyloom-actor.mjs
 */
import { rolldown } from "rolldown";

const [entry, file] = process.argv.slice(2);
if (entry === undefined || file === undefined) throw new Error("usage: one-file.ts <entry> <file>");

const bundle = await rolldown({
  input: entry,
  platform: "node",
  resolve: { conditionNames: entry.endsWith(".ts") ? ["polyloom-source", "import"] : ["import"] },
});
await bundle.write({ file, format: "esm", codeSplitting: false });
