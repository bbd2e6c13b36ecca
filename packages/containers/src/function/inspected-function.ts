import { type Runtime, Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

import { PolyloomError } from "@polyloom/wire";

import type { AnyFunction } from "./function-reference.ts";

/** What V8 knows of a function. */
export interface InspectedFunction {
  readonly file: string;
  /** From 1, in the code as it runs. */
  readonly line: number;
  /** Variables around the function by name, inner ones before outer ones, with their values now. */
  readonly variables: ReadonlyMap<string, unknown>;
  /** The names of those that are not of a module as a whole. */
  readonly locals: readonly string[];
}

const HOLDER = Symbol.for("polyloom.inspected");

/** Looks into a function by the inspector of this process; throws function_not_portable where there is none. */
export async function inspectFunction(fn: AnyFunction): Promise<InspectedFunction> {
  const session = open(fn);
  const files = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => void files.set(params.scriptId, params.url));
  try {
    Object.assign(globalThis, { [HOLDER]: { fn, value: undefined } });
    await session.post("Debugger.enable");
    return await look(session, files);
  } finally {
    session.disconnect();
    Reflect.deleteProperty(globalThis, HOLDER);
  }
}

function open(fn: AnyFunction): Session {
  const session = new Session();
  try {
    session.connect();
    return session;
  } catch (cause) {
    const message = `The function "${fn.name}" cannot be looked into: this Node has no inspector. Name its module and export.`;
    throw new PolyloomError("function_not_portable", message, { cause, details: { reason: "no-inspector" } });
  }
}

async function look(session: Session, files: ReadonlyMap<string, string>): Promise<InspectedFunction> {
  const expression = `globalThis[Symbol.for("polyloom.inspected")].fn`;
  const { result } = await session.post("Runtime.evaluate", { expression });
  const { internalProperties = [] } = await session.post("Runtime.getProperties", { objectId: result.objectId! });
  const location = internalProperties.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value as
    | Location
    | undefined;
  const scopes = internalProperties.find(({ name }) => name === "[[Scopes]]")?.value?.objectId;
  const found = scopes === undefined ? NO_VARIABLES : await readScopes(session, scopes);
  return {
    file: pathOf(files.get(location?.scriptId ?? "") ?? ""),
    line: (location?.lineNumber ?? -1) + 1,
    ...found,
  };
}

function pathOf(script: string): string {
  return script.startsWith("file:") ? fileURLToPath(script) : script;
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
}

type Variables = Pick<InspectedFunction, "variables" | "locals">;

const NO_VARIABLES: Variables = { variables: new Map(), locals: [] };

async function readScopes(session: Session, objectId: string): Promise<Variables> {
  const variables = new Map<string, unknown>();
  const locals: string[] = [];
  const { result } = await session.post("Runtime.getProperties", { objectId, ownProperties: true });
  for (const { value } of result) {
    const description = value?.description ?? "";
    if (value?.objectId === undefined || description.startsWith("Global")) continue;
    const found = await readScope(session, value.objectId);
    for (const [name, read] of found) if (!variables.has(name)) variables.set(name, read);
    if (!/^(?:Module|Script)/.test(description)) locals.push(...found.keys());
  }
  return { variables, locals };
}

/** The variables of a scope, each as the object itself and not as the inspector describes it. */
async function readScope(session: Session, objectId: string): Promise<Map<string, unknown>> {
  const { result } = await session.post("Runtime.getProperties", { objectId, ownProperties: true });
  const read = new Map<string, unknown>();
  for (const { name, value } of result) if (value !== undefined) read.set(name, await readValue(session, value));
  return read;
}

async function readValue(session: Session, value: Runtime.RemoteObject): Promise<unknown> {
  if (value.objectId === undefined) return readPrimitive(value);
  const functionDeclaration = `function () { globalThis[Symbol.for("polyloom.inspected")].value = this; }`;
  await session.post("Runtime.callFunctionOn", { objectId: value.objectId, functionDeclaration });
  return (globalThis as { [HOLDER]?: { value: unknown } })[HOLDER]!.value;
}

function readPrimitive({ value, unserializableValue: text }: Runtime.RemoteObject): unknown {
  if (text === undefined) return value;
  return text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text);
}
