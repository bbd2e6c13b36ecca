import { findUntransferable, PolyloomError } from "@polyloom/wire";
import { transform } from "esbuild";

import { CAPTURED_KEY } from "../runner/job.ts";
import type { AnyFunction } from "./function-reference.ts";
import { inspectFunction, type InspectedFunction } from "./inspected-function.ts";

/** A function as text, and the plain values that it takes along. */
export interface Capture {
  /** A module that exports the function as `fn`. */
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A function by its own text, with the values of the variables around it that it names; throws function_not_portable
 * with file and line for one that captures what is not plain data.
 */
export async function capture(fn: AnyFunction): Promise<Capture> {
  const inspected = await inspectFunction(fn);
  const source = sourceOf(fn, inspected);
  const names = await freeNames(source, [...inspected.variables.keys()]);
  const values = Object.fromEntries(names.map((name) => [name, plainValue(fn, inspected, name)]));
  const unpack =
    names.length === 0 ? "" : `const { ${names.join(", ")} } = globalThis[Symbol.for("${CAPTURED_KEY}")];\n`;
  return { text: `${unpack}export const fn = ${source};\n`, values };
}

/** The names of local variables that a function closes over; undefined where nothing can look into it. */
export async function localVariables(
  fn: AnyFunction,
): Promise<InspectedFunction & { readonly used: readonly string[] }> {
  const inspected = await inspectFunction(fn);
  const used = await freeNames(sourceOf(fn, inspected), inspected.locals);
  return { ...inspected, used };
}

/** Of some names those that a text uses, and does not define: esbuild puts only free ones in another's place. */
async function freeNames(source: string, names: readonly string[]): Promise<string[]> {
  const stand = (name: string): string => `__polyloom_free_${name}__`;
  const usable = names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
  const define = Object.fromEntries(usable.map((name) => [name, stand(name)]));
  const { code } = await transform(`export const fn = ${source};`, { define, format: "esm", target: "node22" });
  return usable.filter((name) => code.includes(stand(name)));
}

function sourceOf(fn: AnyFunction, inspected: InspectedFunction): string {
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}$/.test(text)) throw refused(fn, inspected, "native", "is native or bound");
  if (/^class\b/.test(text)) throw refused(fn, inspected, "class", "is a class");
  if (/^(?:async\s*)?(?:\*\s*)?(?:function\b|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u.test(text))
    return `(${text})`;
  // A method: its text makes sense in an object only.
  return `Object.values({ ${text} })[0]`;
}

function plainValue(fn: AnyFunction, inspected: InspectedFunction, name: string): unknown {
  const value = inspected.variables.get(name);
  const found = findUntransferable(value, name);
  if (!found) return value;
  throw refused(fn, inspected, "captured-value", `closes over ${found.path}, which is no plain data`);
}

function refused(fn: AnyFunction, { file, line }: InspectedFunction, reason: string, text: string): PolyloomError {
  const message = `The function "${fn.name}" (${file}:${line}) ${text}. Export it from a module, or pass the value as an argument.`;
  return new PolyloomError("function_not_portable", message, { details: { name: fn.name, file, line, reason } });
}
