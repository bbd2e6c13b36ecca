import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { conditions } from "../function/conditions.ts";

/** The programs that every image has, as text by file name. */
export type RunnerPrograms = Readonly<Record<"runner.mjs" | "watchdog.mjs", string>>;

let programs: Promise<RunnerPrograms> | undefined;

/** The programs that run in containers, each one file without dependencies; made once in a process. */
export function runnerPrograms(): Promise<RunnerPrograms> {
  programs ??= bundle();
  return programs;
}

async function bundle(): Promise<RunnerPrograms> {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const path = (name: string): string => fileURLToPath(new URL(`./${name}.${suffix}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { runner: path("main"), watchdog: path("watchdog") },
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    outdir: ".",
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node22",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    outExtension: { ".js": ".mjs" },
    conditions: conditions(),
  });
  const text = (name: string): string => outputFiles.find((file) => file.path.endsWith(name))!.text;
  return { "runner.mjs": text("runner.mjs"), "watchdog.mjs": text("watchdog.mjs") };
}
