/** Who may import whom, by folder name: the arrows between workspaces. No other arrow is allowed. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  core: ["wire"],
  conformance: ["core"],
  "runtime-local": ["core"],
  "runtime-async": ["core"],
  "runtime-testing": ["core"],
  "runtime-parallel": ["core", "wire"],
  "runtime-cyclic": ["core", "runtime-parallel", "wire"],
  "runtime-docker": ["containers", "core", "wire"],
  actor: ["core", "wire"],
  containers: ["wire"],
  polyloom: [
    "core",
    "runtime-local",
    "runtime-async",
    "runtime-cyclic",
    "runtime-docker",
    "runtime-parallel",
    "runtime-testing",
  ],
  bench: [
    "actor",
    "containers",
    "core",
    "runtime-async",
    "runtime-cyclic",
    "runtime-docker",
    "runtime-local",
    "runtime-parallel",
    "wire",
  ],
};

/** What the tests of a workspace may import besides: its own front door is always allowed there. */
export const TEST_ARROWS: Readonly<Record<string, readonly string[]>> = {
  "runtime-local": ["conformance"],
  "runtime-async": ["conformance", "runtime-local", "runtime-testing"],
  "runtime-testing": ["conformance"],
  "runtime-parallel": ["conformance", "runtime-local", "runtime-testing"],
  "runtime-cyclic": ["conformance", "runtime-local"],
  "runtime-docker": ["conformance", "runtime-local"],
  actor: ["runtime-local"],
  polyloom: ["conformance"],
};

/** Each heavy library has one home. */
export const LIBRARY_HOMES: Readonly<Record<string, string>> = {
  dockerode: "containers",
  graphology: "core",
  jsep: "core",
  pino: "core",
  piscina: "runtime-parallel",
};

/** The published name of a folder under `packages/`. */
export function packageName(folder: string): string {
  return folder === "polyloom" ? folder : `@polyloom/${folder}`;
}
