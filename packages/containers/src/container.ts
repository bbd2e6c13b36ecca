import type { ContainerOptions } from "./function/container-options.ts";
import { FunctionContainer } from "./function/function-container.ts";
import { type ExportReference, referenceOf } from "./function/function-reference.ts";
import { checkOptions } from "./function/container-options.ts";

/**
 * Makes a function run in an image: call it at the top level of a module, with a function that has a name or with
 * the option `name`; or name the module and export of a function. Throws container_options_invalid and
 * function_not_portable.
 */
export function container<Args extends readonly unknown[], Value>(
  source: ((...args: Args) => Value | Promise<Value>) | ExportReference,
  options: ContainerOptions = {},
): FunctionContainer<Args, Value> {
  const reference = referenceOf(source as never, container);
  const fn = typeof source === "function" ? source : undefined;
  const ownName = typeof source === "function" ? source.name : source.export;
  return new FunctionContainer({ fn, reference, options: checkOptions(options, ownName) });
}
