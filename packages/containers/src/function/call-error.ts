import { inspect } from "node:util";

import { deserializeError, PolyloomError } from "@polyloom/wire";

import type { EngineContainer } from "../engine/engine-container.ts";
import type { Message } from "../runner/job.ts";
import type { AnyFunction, FunctionReference } from "./function-reference.ts";
import { inspectFunction } from "./inspected-function.ts";
import { localVariables } from "./capture.ts";

const LOG_LINES = 50;

/** What a function threw, as it was thrown; an Error has `containerId` and `containerLogs` besides. */
export function thrownError(message: Extract<Message, { kind: "error" }>, container: EngineContainer): unknown {
  const thrown = deserializeError(message.error);
  if (!(thrown instanceof Error) || !Object.isExtensible(thrown)) return thrown;
  const more = { containerId: container.id, containerLogs: container.logs.lastLines(LOG_LINES) };
  for (const [name, value] of Object.entries(more)) Object.defineProperty(thrown, name, { value, configurable: true });
  return thrown;
}

/** A container that ended without a word about its function. */
export async function silentEnd(container: EngineContainer): Promise<PolyloomError> {
  const end = await container.ended;
  const known = container.errorOf(end);
  if (known) return known;
  const message = `The container ${container.id.slice(0, 12)} exited before its function had given a result.`;
  const details = { containerId: container.id, image: container.image, end, logs: container.logs.lastLines(LOG_LINES) };
  return new PolyloomError("container_failed", message, { details });
}

/** A function that its container did not find, with where it is, what it closes over, and what to do. */
export async function notFound(
  message: Extract<Message, { kind: "missing" }>,
  name: string,
  reference: FunctionReference,
  fn: AnyFunction | undefined,
): Promise<PolyloomError> {
  const cause = message.thrown === undefined ? undefined : deserializeError(message.thrown);
  const place = await placeOf(reference, fn);
  const { names } = message;
  const details = { name, ...place, available: names, ...(place.captured.length > 0 && { captured: place.captured }) };
  const text = `The function "${name}" (${place.file}:${place.line ?? "?"}) ${reasonOf(reference, name, message, place.captured, cause)}`;
  const reason =
    cause !== undefined ? "import" : names.filter((known) => known === name).length > 0 ? "duplicate" : "missing";
  return new PolyloomError("function_not_portable", text, {
    details: { ...details, reason },
    ...(cause !== undefined && { cause }),
  });
}

interface Place {
  readonly file: string;
  readonly line?: number;
  readonly captured: readonly string[];
}

async function placeOf(reference: FunctionReference, fn: AnyFunction | undefined): Promise<Place> {
  const noted: Place = { file: reference.file, captured: [], ...("line" in reference && { line: reference.line }) };
  if (fn === undefined) return noted;
  try {
    const { used } = await localVariables(fn);
    const { file, line } = await inspectFunction(fn);
    return { file: file || noted.file, line, captured: used };
  } catch {
    return noted;
  }
}

function reasonOf(
  reference: FunctionReference,
  name: string,
  { names, halted }: Extract<Message, { kind: "missing" }>,
  captured: readonly string[],
  cause: unknown,
): string {
  if (cause !== undefined) {
    const words = cause instanceof Error ? cause.message : inspect(cause);
    return `is in a module that could not be imported in the container: ${words}`;
  }
  if (reference.kind === "export")
    return `is not exported as ${reference.name}, or its module uses a container while it loads.`;
  if (names.includes(name)) return "has a name that two containers of its module have. Give each a name of its own.";
  if (halted)
    return "is made after its module has used a container. Make all containers of a module before one is used.";
  const closes = captured.length > 0 ? `closes over local state (${captured.join(", ")}), and ` : "";
  return `${closes}is not made by loading its module. Call container() at the top level of a module, or set capture: true for plain data.`;
}
