import { PolyloomError } from "@polyloom/wire";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handler } from "./answer.ts";

const ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];
const EXPORT = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u;

/** A handler as text: a module, and what it exports. */
export interface HandlerName {
  readonly module: string;
  /** A function, or a class or object with its method after a dot; `process` unless named. */
  readonly export: string;
}

/**
 * Reads `module:function`, `module:Class.method` or `module`.
 * @throws PolyloomError `handler_invalid`
 */
export function readHandlerName(text: string): HandlerName {
  const colon = text.lastIndexOf(":");
  // The colon of file:///… and of C:\… belongs to the module.
  if (colon < 0 || /^[/\\]/.test(text.slice(colon + 1))) return { module: nonEmpty(text, text), export: "process" };
  const name = text.slice(colon + 1);
  if (!EXPORT.test(name)) throw invalid(text, `"${name}" after the colon is not the name of a function`);
  return { module: nonEmpty(text.slice(0, colon), text), export: name };
}

/**
 * Imports a handler's module, from `folder` where its path is relative, and finds the handler; a class is made once.
 * @throws PolyloomError `handler_invalid`, with what the module or the class threw as its cause
 */
export async function loadHandler(text: string, folder: string): Promise<Handler> {
  const name = readHandlerName(text);
  const url = resolveModule(name.module, folder);
  if (url === undefined) throw invalid(text, `there is no module ${name.module} in ${folder}`);
  try {
    return handlerIn((await import(url)) as Exports, name, text);
  } catch (error) {
    if (error instanceof PolyloomError) throw error;
    throw invalid(text, `its module failed: ${String(error)}`, error);
  }
}

type Exports = Readonly<Record<string, unknown>>;

function handlerIn(exports: Exports, name: HandlerName, text: string): Handler {
  const [first = "", method = "process"] = name.export.split(".");
  const found = exportOf(exports, first);
  if (found === undefined) throw invalid(text, `${name.module} exports no ${first}`);
  if (typeof found === "function" && !isClass(found) && !name.export.includes(".")) return found as Handler;
  const owner = (isClass(found) ? construct(found, text) : found) as Exports;
  const handler = owner[method];
  if (typeof handler !== "function") throw invalid(text, `${first} has no method ${method}`);
  return (input) => Reflect.apply(handler, owner, [input]);
}

// Node shows the exports of a CommonJS module under `default` as well, and there all of them.
function exportOf(exports: Exports, name: string): unknown {
  if (Object.hasOwn(exports, name)) return exports[name];
  const { default: inner } = exports;
  return typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
    ? (inner as Exports)[name]
    : undefined;
}

type Class = new () => object;

function isClass(value: unknown): value is Class {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function construct(made: Class, text: string): object {
  if (made.length > 0) throw invalid(text, `the constructor of ${made.name} needs arguments; give them defaults`);
  return new made();
}

/** A URL, a file with or without its ending, a dotted name such as `my_app.handler`, or a package. */
function resolveModule(module: string, folder: string): string | undefined {
  if (/^(?:file|data):/.test(module)) return module;
  const paths = [module, ...(/^[\w.-]+$/.test(module) ? [module.replaceAll(".", "/")] : [])];
  const file = paths.flatMap((path) => ENDINGS.map((ending) => resolve(folder, path + ending))).find(isFile);
  if (file !== undefined) return pathToFileURL(file).href;
  return isAbsolute(module) || module.startsWith(".") ? undefined : packageUrl(module, folder);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function packageUrl(name: string, folder: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(folder, "_")).resolve(name)).href;
  } catch {
    return undefined;
  }
}

function nonEmpty(module: string, text: string): string {
  if (module === "") throw invalid(text, "no module is named");
  return module;
}

function invalid(text: string, reason: string, cause?: unknown): PolyloomError {
  const message = `The handler "${text}" cannot be used: ${reason}.`;
  return new PolyloomError("handler_invalid", message, cause === undefined ? {} : { cause });
}
