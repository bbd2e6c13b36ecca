import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of TypeScript's command line compiler, for node to run. */
export const COMPILER: string = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin",
  "tsc",
);
