import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Tests and the processes they start read every package from its TypeScript source. */
const CONDITION = "polyloom-source";

/** Stripping types takes WASM, and V8 with memory protection keys may crash when threads that used it end. */
const NO_MEMORY_KEYS = "--no-memory-protection-keys";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A project that inherits this file; the root is absolute, so that any working directory will do. */
const project = (name: string, root: string, include: string): TestProjectInlineConfiguration => ({
  extends: true,
  root: path(root),
  test: { name, include: [include] },
});

const packages = readdirSync(path("packages")).map((folder) =>
  project(folder === "polyloom" ? folder : `@polyloom/${folder}`, `packages/${folder}`, "src/**/*.test.ts"),
);

export default defineConfig({
  resolve: { conditions: [CONDITION] },
  ssr: { resolve: { conditions: [CONDITION, "node", "import", "module", "default"] } },
  test: {
    projects: [
      ...packages,
      project("examples", "examples", "**/*.test.ts"),
      project("docs", "docs", "**/*.test.ts"),
      project("scripts", "scripts", "*.test.ts"),
    ],
    reporters: ["default", path("scripts/summary-reporter.ts")],
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    testTimeout: 10_000,
    execArgv: [`--conditions=${CONDITION}`, NO_MEMORY_KEYS],
  },
});
