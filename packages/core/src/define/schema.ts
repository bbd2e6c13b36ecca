import { z } from "zod";
import type * as core from "zod/v4/core";
import { hasCode, PolyloomError } from "@polyloom/wire";
import { show } from "./show.ts";

/** What is known of one port before anything runs. */
export interface Port {
  readonly name: string;
  readonly schema: core.$ZodType;
  /** Whether a value has to arrive: neither optional nor defaulted. */
  readonly required: boolean;
  /** Whether the schema only checks: a pure schema gives back what it was given (V7). */
  readonly pure: boolean;
  /** Whether the schema declares object keys somewhere, so that undeclared ones can be told (V4). */
  readonly shaped: boolean;
  readonly hasCode: boolean;
}

/** The ports of a `z.object`, in declaration order. */
export interface PortTable {
  readonly schema: core.$ZodObject;
  readonly ports: readonly Port[];
  readonly byName: ReadonlyMap<string, Port>;
  readonly pure: boolean;
  readonly shaped: boolean;
  /** Whether code of the schema's author runs in a parse: it may give a promise, also now and then only. */
  readonly hasCode: boolean;
}

/**
 * Reads the ports of a schema.
 * @throws PolyloomError `invalid_schema` when it is no `z.object`, or a port's name cannot be one.
 */
export function portTable(schema: unknown, owner: string): PortTable {
  if (!isObjectSchema(schema))
    throw new PolyloomError("invalid_schema", `${owner} has to be a z.object({ … }); its keys are the ports`);
  if (schema._zod.def.catchall !== undefined || (schema._zod.def.checks?.length ?? 0) > 0)
    throw new PolyloomError(
      "invalid_schema",
      `${owner} has to be a plain z.object: refinements, strict and loose go on its ports, which are checked one by one`,
    );
  const ports = readPorts(schema, owner);
  return {
    schema,
    ports,
    byName: new Map(ports.map((port) => [port.name, port])),
    pure: ports.every((port) => port.pure),
    shaped: ports.some((port) => port.shaped),
    hasCode: ports.some((port) => port.hasCode),
  };
}

/** A schema's getters are its author's code. */
function readPorts(schema: core.$ZodObject, owner: string): Port[] {
  try {
    return Object.keys(schema._zod.def.shape).map((name) => portOf(schema, name, owner));
  } catch (cause) {
    if (hasCode(cause)) throw cause;
    throw new PolyloomError("invalid_schema", `${owner} could not be read: ${show((cause as Error)?.message)}`, {
      cause,
    });
  }
}

/** The table of some of a table's ports. */
export function pickPorts(table: PortTable, names: readonly string[]): PortTable {
  return tableOf(table.ports.filter(({ name }) => names.includes(name)));
}

const SINGLE = new WeakMap<Port, PortTable>();

/** The table of one port alone. */
export function singlePort(port: Port): PortTable {
  const known = SINGLE.get(port);
  if (known !== undefined) return known;
  const table = tableOf([port]);
  SINGLE.set(port, table);
  return table;
}

function tableOf(ports: readonly Port[]): PortTable {
  const shape = Object.fromEntries(ports.map(({ name, schema }) => [name, schema]));
  return portTable(z.object(shape as z.ZodRawShape), "ports");
}

/** Whether a value is a zod schema. */
export function isSchema(schema: unknown): schema is core.$ZodType {
  return typeof (schema as core.$ZodType | null | undefined)?._zod?.run === "function";
}

function isObjectSchema(schema: unknown): schema is core.$ZodObject {
  return isSchema(schema) && schema._zod.def.type === "object";
}

function portOf(schema: core.$ZodObject, name: string, owner: string): Port {
  // Reading such a key from an object without it finds Object.prototype's: no port may hide behind that.
  if (name in Object.prototype || name === "" || /[.[\]/]/.test(name))
    throw new PolyloomError("invalid_schema", `${owner}: "${name}" cannot be the name of a port`, {
      details: { port: name },
    });
  const inner = schema._zod.def.shape[name];
  if (!isSchema(inner)) throw new PolyloomError("invalid_schema", `${owner}: port "${name}" has no zod schema`);
  return {
    name,
    schema: inner,
    required: inner._zod.optin === undefined,
    pure: isPure(inner, new Set()),
    shaped: isShaped(inner, new Set()),
    hasCode: runsCode(inner, new Set()),
  };
}

/** Kinds whose parse gives back an equal value, given that their parts do. */
const PURE = new Set(
  (
    "string number int boolean bigint symbol null undefined void never any unknown date nan object record file array tuple " +
    "union intersection map set enum literal nullable optional nonoptional readonly template_literal lazy custom"
  ).split(" "),
);

function isPure(schema: core.$ZodType, seen: Set<unknown>): boolean {
  if (isKnown(schema, seen)) return true;
  const def = schema._zod.def as Definition;
  if (!PURE.has(def.type) || def.coerce === true || (def.checks ?? []).some(overwrites)) return false;
  // A format is a schema and its own check at once; a URL comes back trimmed or normalised.
  if (def.format === "url") return false;
  return partsOf(schema).every((part) => isPure(part, seen));
}

function overwrites(check: { _zod: { def: unknown } }): boolean {
  const def = check._zod.def as { check: string; format?: string };
  return def.check === "overwrite" || (def.check === "string_format" && def.format === "url");
}

const CODE = new Set(["custom", "transform", "promise"]);

function runsCode(schema: core.$ZodType, seen: Set<unknown>): boolean {
  if (isKnown(schema, seen)) return false;
  const { type, checks = [] } = schema._zod.def as Definition;
  if (CODE.has(type) || checks.some((check) => (check._zod.def as { check: string }).check === "custom")) return true;
  return partsOf(schema).some((part) => runsCode(part, seen));
}

function isShaped(schema: core.$ZodType, seen: Set<unknown>): boolean {
  if (isKnown(schema, seen)) return false;
  return schema._zod.def.type === "object" || partsOf(schema).some((part) => isShaped(part, seen));
}

/** Whether a walk was here; a lazy schema is known by its getter, which may make a new schema each time. */
export function isKnown(schema: core.$ZodType, seen: Set<unknown>): boolean {
  const identity = (schema._zod.def as Definition).getter ?? schema;
  if (seen.has(identity)) return true;
  seen.add(identity);
  return false;
}

interface Definition {
  readonly type: string;
  readonly coerce?: boolean;
  readonly format?: string;
  readonly checks?: readonly { _zod: { def: unknown } }[];
  readonly shape?: Record<string, core.$ZodType>;
  readonly catchall?: core.$ZodType;
  readonly element?: core.$ZodType;
  readonly innerType?: core.$ZodType;
  readonly options?: readonly core.$ZodType[];
  readonly items?: readonly core.$ZodType[];
  readonly rest?: core.$ZodType | null;
  readonly left?: core.$ZodType;
  readonly right?: core.$ZodType;
  readonly in?: core.$ZodType;
  readonly out?: core.$ZodType;
  readonly keyType?: core.$ZodType;
  readonly valueType?: core.$ZodType;
  readonly getter?: () => core.$ZodType;
}

/** The schemas a schema is made of, one level down. */
export function partsOf(schema: core.$ZodType): core.$ZodType[] {
  const def = schema._zod.def as Definition;
  const single = [def.catchall, def.element, def.innerType, def.rest, def.left, def.right, def.in, def.out];
  const parts = [...single, def.keyType, def.valueType, ...(def.options ?? []), ...(def.items ?? [])];
  if (def.shape) parts.push(...Object.values(def.shape));
  if (def.getter) parts.push(def.getter());
  return parts.filter((part): part is core.$ZodType => part !== undefined && part !== null && "_zod" in part);
}
