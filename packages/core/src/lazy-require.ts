import { PolyloomError } from "@polyloom/wire";
import { createRequire } from "node:module";

/**
 * Loads a library when it is first needed: importing core stays as cheap as importing zod.
 * @throws PolyloomError `dependency_missing`, naming the package to install.
 */
export function lazyRequire<T>(name: string): T {
  try {
    // A bundle in CommonJS has no import.meta.url; the working folder finds the same node_modules.
    return createRequire(import.meta.url || `${process.cwd()}/`)(name) as T;
  } catch (cause) {
    throw new PolyloomError("dependency_missing", `"${name}" could not be loaded; install it beside @polyloom/core`, {
      cause,
    });
  }
}
