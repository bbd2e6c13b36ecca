import { REGISTRY_KEY } from "../runner/job.ts";

/**
 * What stands for this package in a bundle: `container()` registers its function under its name, and using a
 * container ends the evaluation of the module, which has defined by then all that the function had here.
 */
export async function stubText(): Promise<string> {
  const names = Object.keys(await import("../index.ts")).filter((name) => name !== "container");
  return [CONTAINER, ...names.map((name) => `export const ${name} = absent(${JSON.stringify(name)});`)].join("\n");
}

const CONTAINER = `
const registry = globalThis[Symbol.for(${JSON.stringify(REGISTRY_KEY)})];
const never = () => { registry?.halt(); return new Promise(() => {}); };

export function container(fn, options = {}) {
  const name = options.name ?? fn.name;
  const known = registry?.functions.get(name) ?? [];
  registry?.functions.set(name, [...known, fn]);
  const made = { name, fn, run: never, build: never, deploy: never, serve: never, cleanUp: never };
  return { ...made, with: () => made };
}

function absent(name) {
  return function () { throw new Error(name + " of @polyloom/containers is not there inside of a container."); };
}
`;
