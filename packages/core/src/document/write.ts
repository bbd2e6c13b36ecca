import { encode, findUntransferable, PolyloomError } from "@polyloom/wire";
import { z } from "zod";
import type * as core from "zod/v4/core";
import type { Criterion } from "../define/criterion.ts";
import type { CriterionSpec, CycleSpec } from "../define/cycle.ts";
import { definedFunctionOf } from "../define/defined-function.ts";
import type { Binding, NodeEntry, WorkflowLike } from "../define/graph.ts";
import type { NodeDefinition } from "../define/node.ts";
import { isKnown, partsOf, type PortTable } from "../define/schema.ts";
import type { Source } from "../define/source.ts";
import type {
  CriterionDocument,
  CycleDocument,
  NameDocument,
  NodeDocument,
  SourceDocument,
  WorkflowDocument,
} from "./format.ts";

/**
 * A workflow as plain data (G7).
 * @throws PolyloomError `not_serializable` with the place of what cannot be stored
 */
export function writeDocument(
  workflow: WorkflowLike,
  named: Map<string, object> = new Map(),
  prefix = "",
): WorkflowDocument {
  const { nodes, connections, cycles, outputs } = workflow.graph;
  return {
    format: "polyloom/workflow",
    version: 1,
    name: workflow.name,
    ...(workflow.runtime === undefined ? {} : { runtime: workflow.runtime }),
    ...writePorts("input", workflow.inputs, prefix),
    ...writePorts("output", workflow.outputs, prefix),
    nodes: [...nodes.values()].map((entry) => writeNode(entry, named, prefix)),
    connections: connections.map(({ from, node, port }) => ({
      from: writeSource(from, node),
      to: [node, port ?? null] as const,
    })),
    cycles: cycles.map((cycle) => writeCycle(cycle, named, prefix)),
    outputs: writeBindings(outputs, `${prefix}output`),
  };
}

function writeNode({ id, node, bindings, map }: NodeEntry, named: Map<string, object>, prefix: string): NodeDocument {
  const place = prefix + id;
  const inputs = writeBindings(bindings, place);
  if (node.kind === "workflow") return { id, workflow: writeDocument(node, named, `${place}/`), inputs };
  return {
    id,
    node: writeName(node, named, place, node),
    inputs,
    ...(map === undefined ? {} : { map: { ...map, each: [...map.each] } }),
  };
}

/** A name has to lead back to one node: two nodes of the same module and name cannot both be stored. */
function writeName(
  { name, reference }: Pick<NodeDefinition, "name" | "reference">,
  named: Map<string, object>,
  place: string,
  owner: object,
): NameDocument {
  const module = reference?.module;
  const key = `${module ?? ""}#${name}`;
  const known = named.get(key);
  if (known !== undefined && known !== owner)
    refuse(place, `two different nodes or functions are named "${name}"`, "give each a name of its own");
  named.set(key, owner);
  return module === undefined ? { name } : { name, module };
}

function writeFunction(test: (...args: never[]) => unknown, named: Map<string, object>, place: string): NameDocument {
  const defined = definedFunctionOf(test);
  if (defined === undefined)
    refuse(place, "a function cannot be stored", 'name it: defineFunction("isSmall", (value) => …)');
  return writeName(defined, named, place, test);
}

function writeBindings(bindings: readonly Binding[], id: string): (readonly [string, SourceDocument])[] {
  return bindings.map(({ port, source }) => [port, writeSource(source, `${id}.${port}`)] as const);
}

function writeSource(source: Source, place: string): SourceDocument {
  if (source.kind === "reference") return { ref: [source.node, ...source.path] };
  if (source.kind === "first") return { firstOf: source.of.map((each) => writeSource(each, place)) };
  if (source.kind === "literal") return writeLiteral(source.value, place);
  const entries = source.entries.map(([key, each]) => [key, writeSource(each, `${place}.${key}`)] as const);
  return source.list ? { list: entries.map(([, each]) => each) } : { object: entries };
}

function writeLiteral(value: unknown, place: string): SourceDocument {
  const problem = safelyFind(value, place);
  if (problem !== undefined) refuse(problem.path, `it holds ${problem.found}`, "pass plain data");
  return isJson(value, 0) ? { literal: value } : { encoded: Buffer.from(encode(value)).toString("base64") };
}

/** A getter or a Proxy may throw when it is looked at. */
function safelyFind(value: unknown, place: string): ReturnType<typeof findUntransferable> {
  try {
    return findUntransferable(value, place);
  } catch (cause) {
    return refuse(place, "it throws when it is read", "pass plain data", cause);
  }
}

const DEEPEST = 100;

/** Whether JSON gives the value back as it was. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object" || depth > DEEPEST) return false;
  if (Array.isArray(value))
    return Object.keys(value).length === value.length && value.every((item) => isJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype || Object.hasOwn(value, "__proto__") || Object.hasOwn(value, "toJSON"))
    return false;
  return Object.values(value).every((item) => isJson(item, depth + 1));
}

function writeCycle(spec: CycleSpec, named: Map<string, object>, prefix: string): CycleDocument {
  const place = `${prefix}cycle ${spec.name}`;
  const { maxIterations, timeoutMs, criterion, continueWhile } = spec;
  return {
    name: spec.name,
    feedback: spec.feedback.map(({ from, node, port }) => ({
      from: writeSource(from, place),
      to: [node, port] as [string, string],
    })),
    include: [...spec.include],
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(criterion === undefined ? {} : { criterion: writeCriterionSpec(criterion, named, place) }),
    ...(continueWhile === undefined
      ? {}
      : {
          continueWhile: {
            from: writeSource(continueWhile.from, place),
            test: writeFunction(continueWhile.test, named, `${place}: continueWhile`),
          },
        }),
    onExhausted: spec.onExhausted,
    historyWindow: spec.historyWindow,
  };
}

function writeCriterionSpec(spec: CriterionSpec, named: Map<string, object>, place: string): CriterionDocument {
  if (spec.kind === "expression") return { kind: "expression", text: spec.text };
  if (spec.kind === "predicate")
    return {
      kind: "predicate",
      from: writeSource(spec.from, place),
      test: writeFunction(spec.test, named, `${place}: convergeWhen`),
    };
  return writeCriterion(spec.criterion, spec, place);
}

function writeCriterion(
  criterion: Criterion,
  spec: Extract<CriterionSpec, { kind: "criterion" }>,
  place: string,
): CriterionDocument {
  if ("of" in criterion)
    return { kind: criterion.kind, of: criterion.of.map((part) => writeCriterion(part, spec, place)) };
  const { ref: _ref, ...settings } = criterion;
  return { ...settings, from: writeSource(spec.from.get(criterion)!, place) };
}

function writePorts(
  side: "input" | "output",
  { ports }: PortTable,
  prefix: string,
): Partial<Pick<WorkflowDocument, "input" | "output">> {
  if (ports.length === 0) return {};
  return {
    [side]: ports.map(
      ({ name, schema, required }) =>
        [name, { schema: writeSchema(schema, `${prefix}${side}.${name}`), optional: !required }] as const,
    ),
  };
}

function writeSchema(schema: core.$ZodType, place: string): Record<string, unknown> {
  if (!isPlain(schema, new Set()))
    refuse(
      place,
      "its schema does more than JSON Schema can say (a refinement, a transform)",
      "declare it by plain types, and check or transform in a node",
    );
  try {
    const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input" });
    return rest;
  } catch (cause) {
    return refuse(place, (cause as Error).message, "declare it by types that JSON Schema knows", cause);
  }
}

const LOSSY = new Set(["transform", "pipe", "catch", "custom", "prefault", "success", "readonly"]);

function isPlain(schema: core.$ZodType, seen: Set<unknown>): boolean {
  if (isKnown(schema, seen)) return true;
  const def = schema._zod.def as {
    type: string;
    coerce?: boolean;
    checks?: readonly { _zod: { def: { check: string } } }[];
  };
  const checks = def.checks ?? [];
  if (
    LOSSY.has(def.type) ||
    def.coerce === true ||
    checks.some(({ _zod }) => ["custom", "overwrite", "property"].includes(_zod.def.check))
  )
    return false;
  return partsOf(schema).every((part) => isPlain(part, seen));
}

function refuse(place: string, problem: string, remedy: string, cause?: unknown): never {
  throw new PolyloomError("not_serializable", `"${place}" cannot be stored: ${problem}; ${remedy}`, {
    cause,
    details: { place },
  });
}
