import { fileURLToPath } from "node:url";

/**
 * Environment of workers in tests: compiled modules are kept, so that the hundreds of workers of a suite do not strip
 * the types of every source file again.
 */
export const QUICK_START: Readonly<Record<string, string>> = {
  ...(process.env as Record<string, string>),
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../../../node_modules/.cache/polyloom-workers", import.meta.url)),
};
