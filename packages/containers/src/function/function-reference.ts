import { fileURLToPath } from "node:url";

import { callerReference, PolyloomError } from "@polyloom/wire";

/** Any function; its arguments and its value have to be data. */
export type AnyFunction = (...args: never[]) => unknown;

/** A function by the module that exports it. */
export interface ExportReference {
  /** The module's URL, as `import.meta.url` has it. */
  readonly module: string;
  /** The name of the export. */
  readonly export: string;
}

/** Where a container's function is found again. */
export type FunctionReference =
  | { readonly kind: "registered"; readonly module: string; readonly file: string; readonly line?: number }
  | { readonly kind: "export"; readonly module: string; readonly file: string; readonly name: string };

/** Notes where `container()`, given as `made`, was called, or what was named; throws function_not_portable. */
export function referenceOf(
  source: AnyFunction | ExportReference,
  made: (...args: never[]) => unknown,
): FunctionReference {
  if (typeof source !== "function") {
    return { kind: "export", module: source.module, file: fileOf(source.module), name: exportName(source.export) };
  }
  const caller = callerReference(made);
  if (!caller?.module.startsWith("file:")) throw withoutModule(source);
  const line = caller.line === undefined ? {} : { line: caller.line };
  return { kind: "registered", module: caller.module, file: fileOf(caller.module), ...line };
}

function fileOf(module: string): string {
  if (module.startsWith("file:")) return fileURLToPath(module);
  const message = `The module ${module} is not a file. Give its URL, as import.meta.url has it.`;
  throw new PolyloomError("function_not_portable", message, { details: { module, reason: "not-a-file" } });
}

function exportName(name: string): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return name;
  const message = `"${name}" is not the name of an export.`;
  throw new PolyloomError("container_options_invalid", message, { details: { option: "export", value: name } });
}

function withoutModule(source: AnyFunction): PolyloomError {
  const message = `The function "${source.name}" was made outside of any file. Name its module and export instead.`;
  return new PolyloomError("function_not_portable", message, { details: { reason: "no-module", name: source.name } });
}
