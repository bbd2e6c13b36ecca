import { AsyncLocalStorage } from "node:async_hooks";

import { type CodedError, hasCode, PolyloomError } from "./error.ts";
import { moduleUrl, type NodeReference } from "./node-reference.ts";

/** The nodes that the evaluation of one module created. */
export interface CollectedNodes {
  /** The names that can be picked, in the order of definition. */
  readonly names: readonly string[];
  /** The node of that name; throws node_not_portable when it is missing or defined twice. */
  pick(reference: NodeReference): unknown;
}

interface Entry {
  readonly reference: NodeReference;
  readonly node: unknown;
}

type Entries = Map<string, Entry[]>;

interface Registry {
  readonly context: AsyncLocalStorage<true>;
  readonly modules: Map<string, Entries>;
  readonly collections: Map<string, Promise<CollectedNodes>>;
  /** Modules whose evaluation has ended: what they define later is not at the top level. */
  readonly sealed: Set<string>;
}

// A symbol of the process, not of this file: two copies of the package must share it.
const KEY = Symbol.for("polyloom.registry");
const host = globalThis as { [KEY]?: Registry };

/** Notes a node under its module while modules are imported for collection; else does nothing. */
export function registerNode(reference: NodeReference, node: unknown): void {
  const registry = host[KEY];
  if (!registry?.context.getStore()) return;
  const module = moduleUrl(reference.module);
  if (registry.sealed.has(module)) return;
  const entries = emplace(registry.modules, module, (): Entries => new Map());
  emplace(entries, reference.name, (): Entry[] => []).push({ reference, node });
}

/** Whether the caller runs because a module is imported for collection, then or later. */
export function isCollecting(): boolean {
  return host[KEY]?.context.getStore() === true;
}

/**
 * Imports a module once in this process, with a registry in place, and gives the nodes it created;
 * throws node_not_portable when the import fails.
 */
export function collectNodes(
  module: string,
  importModule: (url: string) => Promise<unknown> = (url) => import(url),
): Promise<CollectedNodes> {
  const registry = (host[KEY] ??= createRegistry());
  const url = moduleUrl(module);
  return emplace(registry.collections, url, () => collect(registry, url, importModule));
}

/**
 * Imports the module of a node, once in this process, and gives the node; throws node_not_portable, with
 * the node's name and place, when it cannot be found there.
 */
export async function findNode(
  reference: NodeReference,
  importModule?: (url: string) => Promise<unknown>,
): Promise<unknown> {
  const collected = await collectNodes(reference.module, importModule).catch((error: unknown) => {
    throw hasCode(error, "node_not_portable") ? importFailedFor(reference, error) : error;
  });
  return collected.pick(reference);
}

function importFailedFor(reference: NodeReference, error: CodedError): PolyloomError {
  const reason = `is in a module that could not be imported: ${messageOfCause(error)}`;
  const { remedy } = error.details as { remedy: string };
  return notPortable(reference, "import_failed", reason, remedy, {}, (error as { cause?: unknown }).cause);
}

function messageOfCause(error: CodedError): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : "it threw no Error";
}

function createRegistry(): Registry {
  return {
    context: new AsyncLocalStorage(),
    modules: new Map(),
    collections: new Map(),
    sealed: new Set(),
  };
}

async function collect(
  registry: Registry,
  url: string,
  importModule: (url: string) => Promise<unknown>,
): Promise<CollectedNodes> {
  try {
    await registry.context.run(true, async () => await importModule(url));
  } catch (cause) {
    registry.collections.delete(url);
    registry.modules.delete(url);
    throw importFailed(url, cause);
  }
  registry.sealed.add(url);
  return collected(url, registry.modules.get(url) ?? new Map());
}

function collected(url: string, entries: Entries): CollectedNodes {
  const names = Object.freeze([...entries.keys()]);
  const pick = (reference: NodeReference): unknown => {
    const found = entries.get(reference.name) ?? [];
    if (found.length > 1) throw definedTwice(found);
    if (!found[0]) throw notFound(url, reference, names);
    return found[0].node;
  };
  return { names, pick };
}

function importFailed(module: string, cause: unknown): PolyloomError {
  const remedy = "Make the module importable without side effects that can fail.";
  const message = `The module ${module} could not be imported to find its nodes. ${remedy}`;
  const details = { module, file: module, reason: "import_failed", remedy };
  return new PolyloomError("node_not_portable", message, { cause, details });
}

function definedTwice(found: readonly Entry[]): PolyloomError {
  const lines = found.map(({ reference }) => reference.line);
  const shown = [...new Set(lines)].join(" and ");
  const reason = `is defined ${found.length} times in its module (line ${shown})`;
  const remedy = "Give each node a name that is unique in its module.";
  return notPortable(found[0]!.reference, "duplicate", reason, remedy, { lines });
}

function notFound(url: string, reference: NodeReference, names: readonly string[]): PolyloomError {
  const reason = `is not created by importing ${url}`;
  const remedy = "Define it at the top level, or pass `module: import.meta.url` of the module that does.";
  const available = names.slice(0, 20);
  return notPortable(reference, "missing", reason, remedy, { available });
}

function notPortable(
  reference: NodeReference,
  reason: string,
  text: string,
  remedy: string,
  more: Readonly<Record<string, unknown>>,
  cause?: unknown,
): PolyloomError {
  const { name: node, module, file = module, line } = reference;
  const place = line === undefined ? file : `${file}:${line}`;
  const message = `The node "${node}" (${place}) ${text}. ${remedy}`;
  const details = { node, module, file, line, reason, remedy, ...more };
  return new PolyloomError("node_not_portable", message, { details, ...(cause === undefined ? {} : { cause }) });
}

function emplace<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
