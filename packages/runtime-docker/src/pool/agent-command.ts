import { fileURLToPath } from "node:url";

/** The program that a container runs, as a URL: its own module, and the thread that it starts. */
export const AGENT_MODULES: readonly [main: string, worker: string] = [moduleOf("main"), moduleOf("worker")];

/** How a container starts its agent. */
export function agentCommand(flags: readonly string[]): { entrypoint: readonly string[]; command: readonly string[] } {
  return { entrypoint: ["node"], command: [...flags, fileURLToPath(AGENT_MODULES[0])] };
}

function moduleOf(name: string): string {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../agent/${name}.${suffix}`, import.meta.url).href;
}
