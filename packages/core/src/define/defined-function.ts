import { callerReference, type NodeReference, PolyloomError, registerNode } from "@polyloom/wire";

/** Where a function that a workflow stores can be found again (G7). */
export interface DefinedFunction<F> {
  readonly kind: "function";
  readonly name: string;
  readonly reference: NodeReference | undefined;
  readonly call: F;
}

const DEFINED = new WeakMap<object, DefinedFunction<unknown>>();

/**
 * Names a predicate, so that `toJSON` can store it as module and name, and `fromJSON` find it again.
 * @throws PolyloomError `invalid_definition` when the name is empty.
 */
export function defineFunction<F extends (...args: never[]) => unknown>(
  name: string,
  call: F,
  options: { readonly module?: string } = {},
): F {
  if (typeof name !== "string" || name === "")
    throw new PolyloomError("invalid_definition", "defineFunction needs a name: a text that is not empty");
  if (typeof call !== "function")
    throw new PolyloomError("invalid_definition", `function "${name}" has to be a function`);
  const caller = callerReference(defineFunction);
  const module = options.module ?? caller?.module;
  const reference = module === undefined ? undefined : { ...caller, module, name };
  const defined: DefinedFunction<F> = { kind: "function", name, reference, call };
  DEFINED.set(call, defined);
  if (reference !== undefined) registerNode(reference, defined);
  return call;
}

/** What {@link defineFunction} noted, or `undefined` for a function it never saw. */
export function definedFunctionOf(call: object): DefinedFunction<unknown> | undefined {
  return DEFINED.get(call);
}
