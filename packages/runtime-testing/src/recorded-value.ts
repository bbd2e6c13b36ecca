import { PolyloomError } from "@polyloom/core";
import types from "node:util/types";
import { errorFields, newError, setField } from "./recorded-error.ts";

/** JSON; what JSON cannot hold is an object with one key that begins with `$`. */
export type RecordedValue = null | boolean | number | string | RecordedValue[] | { [key: string]: RecordedValue };

const VIEWS = {
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array,
}; // prettier-ignore

/**
 * A value as JSON: plain data as it is, and Date, RegExp, Map, Set, bytes, Error, BigInt, NaN, −0 and repeated
 * references under a `$` key.
 * @throws PolyloomError `not_transferable` with the path of a function, a symbol or an instance of a class
 */
export function toRecorded(value: unknown, path: string): RecordedValue {
  return write(value, path, new Map());
}

/**
 * The value that {@link toRecorded} was given.
 * @throws PolyloomError `decode_failed` for a key beginning with `$` that it does not write
 */
export function fromRecorded(recorded: RecordedValue): unknown {
  return read(recorded, []);
}

function write(value: unknown, path: string, seen: Map<object, number>): RecordedValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: show(value) };
  if (value === undefined) return { $undefined: true };
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value !== "object" || types.isProxy(value)) return refuse(path, `a ${typeof value}`);
  const known = seen.get(value);
  if (known !== undefined) return { $seen: known };
  seen.set(value, seen.size);
  return writeObject(value, path, seen);
}

function writeObject(value: object, path: string, seen: Map<object, number>): RecordedValue {
  if (Array.isArray(value)) return Array.from(value, (item, i) => write(item, `${path}[${i}]`, seen));
  const fields = (pairs: Iterable<[unknown, unknown]>): RecordedValue =>
    Array.from(pairs, ([key, item]) => [write(key, path, seen), write(item, `${path}.${String(key)}`, seen)]);
  if (types.isNativeError(value)) return { $error: fields(errorFields(value)) };
  if (types.isDate(value)) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (types.isRegExp(value)) return { $regexp: [value.source, value.flags] };
  if (types.isMap(value)) return { $map: fields(value) };
  if (types.isSet(value)) return { $set: Array.from(value, (item) => write(item, path, seen)) };
  if (types.isArrayBuffer(value)) return { $bytes: ["ArrayBuffer", toBase64(new Uint8Array(value))] };
  if (ArrayBuffer.isView(value)) return writeView(value, path);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, `an instance of ${nameOf(value)}`);
  const entries = Object.entries(value);
  if (entries.some(([key]) => key.startsWith("$") || key === "__proto__")) return { $object: fields(entries) };
  return Object.fromEntries(entries.map(([key, item]) => [key, write(item, `${path}.${key}`, seen)]));
}

function writeView(view: ArrayBufferView, path: string): RecordedValue {
  const name = Buffer.isBuffer(view) ? "Buffer" : nameOf(view);
  if (!Object.hasOwn(VIEWS, name) && name !== "Buffer" && name !== "DataView")
    return refuse(path, `an instance of ${name}`);
  return { $bytes: [name, toBase64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))] };
}

function read(recorded: RecordedValue, seen: unknown[]): unknown {
  if (typeof recorded !== "object" || recorded === null) return recorded;
  if (Array.isArray(recorded)) return readList(recorded, keep([], seen), seen);
  const [tag] = Object.keys(recorded);
  if (tag?.startsWith("$") !== true) return readFields(Object.entries(recorded), keep({}, seen), seen);
  const reader = READERS[tag];
  if (reader === undefined) throw new PolyloomError("decode_failed", `a recording holds "${tag}", which is not known`);
  return reader(recorded[tag] as never, seen);
}

const READERS: Readonly<Record<string, (held: never, seen: unknown[]) => unknown>> = {
  $number: (text: string) => Number(text),
  $undefined: () => undefined,
  $bigint: (text: string) => BigInt(text),
  $seen: (index: number, seen) => seen[index],
  $error: (fields: [string, RecordedValue][], seen) => readError(fields, seen),
  $date: (text: string | null, seen) => keep(new Date(text ?? Number.NaN), seen),
  $regexp: ([source, flags]: [string, string], seen) => keep(new RegExp(source, flags), seen),
  $map: (pairs: [RecordedValue, RecordedValue][], seen) => {
    const map = keep(new Map<unknown, unknown>(), seen);
    for (const [key, item] of pairs) map.set(read(key, seen), read(item, seen));
    return map;
  },
  $set: (list: RecordedValue[], seen) => {
    const set = keep(new Set<unknown>(), seen);
    for (const item of list) set.add(read(item, seen));
    return set;
  },
  $object: (fields: [string, RecordedValue][], seen) => readFields(fields, keep({}, seen), seen),
  $bytes: ([name, text]: [string, string], seen) => keep(viewOf(name, Buffer.from(text, "base64")), seen),
};

function readError(fields: readonly [string, RecordedValue][], seen: unknown[]): Error {
  const [name, message] = ["name", "message"].map((key) => fields.find(([each]) => each === key)?.[1]);
  const error = keep(newError(name, message), seen);
  for (const [key, value] of fields)
    if (key !== "name" && key !== "message")
      setField(error, key, read(value, seen), key !== "cause" && key !== "errors");
  return error;
}

function readList(recorded: readonly RecordedValue[], list: unknown[], seen: unknown[]): unknown[] {
  for (const item of recorded) list.push(read(item, seen));
  return list;
}

function readFields(fields: readonly [string, RecordedValue][], target: object, seen: unknown[]): object {
  for (const [key, value] of fields) setField(target, key, read(value, seen));
  return target;
}

function viewOf(name: string, bytes: Buffer): object {
  if (name === "Buffer") return bytes;
  const buffer = new Uint8Array(bytes).buffer;
  if (name === "ArrayBuffer") return buffer;
  if (name === "DataView") return new DataView(buffer);
  return new VIEWS[name as keyof typeof VIEWS](buffer);
}

/** Objects are counted in the order in which they are first met, by reader and writer alike. */
function keep<T extends object>(value: T, seen: unknown[]): T {
  seen.push(value);
  return value;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function nameOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? "a class";
}

function show(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function refuse(path: string, found: string): never {
  throw new PolyloomError("not_transferable", `a recording cannot hold ${path}, which is ${found}; pass plain data`, {
    details: { path, found },
  });
}
