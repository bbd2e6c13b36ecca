import { PolyloomError } from "@polyloom/wire";
import type { WorkflowLike } from "./graph.ts";

type Leaf =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | Error
  | ((...args: never[]) => unknown);

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The reading side of a wire: something that will be a `T` when its node has run. */
export interface CovRef<T> {
  readonly "~out": T;
}

/** The writing side of a wire: an input port that takes a `T`. */
export interface InRef<T> {
  readonly "~in": (value: T) => void;
}

/** Below an `any` every path is allowed, and fits everywhere. */
interface AnyRef {
  readonly "~out": never;
  // oxlint-disable-next-line typescript/no-explicit-any -- what is below an `any` is one as well
  readonly [key: string]: any;
}

type Fields<T> =
  IsAny<T> extends true
    ? AnyRef
    : T extends Leaf
      ? unknown
      : T extends readonly (infer E)[]
        ? { at(index: number): OutRef<E>; readonly length: OutRef<number> }
        : T extends object
          ? { readonly [K in keyof T]-?: OutRef<Exclude<T[K], undefined>> }
          : unknown;

/** A reference to an output port, or to a place inside its value: `page.out.meta.size`, `page.out.links.at(0)`. */
export type OutRef<T> = CovRef<T> & Fields<NonNullable<T>>;

/** What an input takes: a literal, a reference, or a literal with references inside. */
export type Wire<T> =
  | T
  | CovRef<T>
  | (T extends Leaf
      ? never
      : T extends readonly unknown[]
        ? { readonly [K in keyof T]: Wire<T[K]> }
        : T extends object
          ? { [K in keyof T]: Wire<T[K]> }
          : never);

/** One {@link Wire} a port. */
export type Wires<I> = { [K in keyof I]: Wire<I[K]> };

/** A reference a port of an output schema. */
export type OutPorts<O> = string extends keyof O
  ? DynamicOut<O>
  : { readonly [K in keyof O]-?: OutRef<Exclude<O[K], undefined>> };

/** A target a port of an input schema. */
export type InPorts<I> = string extends keyof I
  ? DynamicIn<I>
  : { readonly [K in keyof I]-?: InRef<Exclude<I[K], undefined>> };

/** `z.object({})` is typed as a record of nothing: it has no ports; a document's are known at run time only. */
type DynamicOut<O> = [O[keyof O]] extends [never] ? {} : { readonly [port: string]: OutRef<O[keyof O]> };
type DynamicIn<I> = [I[keyof I]] extends [never] ? {} : { readonly [port: string]: InRef<I[keyof I]> };

/** One step of a path into a value: a key, or an index (negative counts from the end). */
export type PathKey = string | number;

/** What an output reference stands for; `node` is `null` for the workflow's own input. */
export interface OutTarget {
  readonly workflow: WorkflowLike;
  readonly node: string | null;
  readonly path: readonly PathKey[];
}

/** What an input reference stands for. */
export interface InTarget {
  readonly workflow: WorkflowLike;
  readonly node: string;
  readonly port: string;
}

const OUT: unique symbol = Symbol("polyloom.out");
const IN: unique symbol = Symbol("polyloom.in");
const FIRST: unique symbol = Symbol("polyloom.first");

/** Joins exclusive branches: the first reference, in argument order, that is not dead once all are settled (G3). */
export function firstOf<T>(...refs: readonly CovRef<T>[]): OutRef<T> {
  const targets = refs.map((ref) => outTargetOf(ref) ?? misused("firstOf takes references"));
  if (targets.length === 0) misused("firstOf needs at least one reference");
  return { [FIRST]: targets } as unknown as OutRef<T>;
}

/** The places that a `firstOf` joins, or `undefined` for any other value. */
export function firstTargetsOf(value: unknown): readonly OutTarget[] | undefined {
  return isObjectLike(value) ? (value as { [FIRST]?: readonly OutTarget[] })[FIRST] : undefined;
}

/** What an output reference stands for, or `undefined` for any other value. */
export function outTargetOf(value: unknown): OutTarget | undefined {
  return isObjectLike(value) ? (value as { [OUT]?: OutTarget })[OUT] : undefined;
}

/** What an input reference stands for, or `undefined` for any other value. */
export function inTargetOf(value: unknown): InTarget | undefined {
  return isObjectLike(value) ? (value as { [IN]?: InTarget })[IN] : undefined;
}

/** Whether a value stands for ports as a whole, or is an accident of a reference: it cannot be wired. */
export function isUnwirable(value: unknown): boolean {
  return isObjectLike(value) && (PORTS.has(value) || TRAPS.has(value) || inTargetOf(value) !== undefined);
}

const PORTS = new WeakSet<object>();

/** The reference to a place, as a user would have written it. */
export function referenceTo(target: OutTarget): object {
  return outRef(target);
}

/** The target for `connect` that an input is, as a user would have written it. */
export function inputTo(target: InTarget): object {
  return { [IN]: target };
}

/** The `out` of a handle: any property is a reference to that port. */
export function outPorts(workflow: WorkflowLike, node: string | null): object {
  const ports = new Proxy(Object.create(null) as object, {
    get: (_target, key) => (typeof key === "symbol" ? undefined : outRef({ workflow, node, path: [key] })),
    set: () => misused("an output port cannot be assigned; wire it into an input instead"),
  });
  PORTS.add(ports);
  return ports;
}

/** The `in` of a handle: any property is a target for `connect`. */
export function inPorts(workflow: WorkflowLike, node: string): object {
  return new Proxy(Object.create(null) as object, {
    get: (_target, key) => (typeof key === "symbol" ? undefined : inputTo({ workflow, node, port: key })),
    set: () => misused("an input port cannot be assigned; use connect(from, to)"),
  });
}

/** What a reference's proxy stands before; `inspect` looks through proxies, and finds a name instead of the whole graph. */
class Place implements OutTarget {
  readonly workflow: WorkflowLike;
  readonly node: string | null;
  readonly path: readonly PathKey[];

  constructor({ workflow, node, path }: OutTarget) {
    this.workflow = workflow;
    this.node = node;
    this.path = path;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    // inspect calls this on the proxy that it found
    return `[Reference ${nameOf(outTargetOf(this) ?? this)}]`;
  }
}

function outRef(target: OutTarget): object {
  return new Proxy(new Place(target), OUT_TRAPS);
}

/** `.at` of a list is called, `.at` of an object is a field: the reference behind it can do both. */
function atRef(target: OutTarget): object {
  const call = (index: number): object => outRef({ ...target, path: [...target.path, index] });
  const field = { ...target, path: [...target.path, "at"] };
  return new Proxy(call, {
    get: (_call, key) => OUT_TRAPS.get!(field, key, field),
    apply: (_call, _self, args: unknown[]) => call(checkIndex(args[0])),
  });
}

const OUT_TRAPS: ProxyHandler<OutTarget> = {
  get(target, key) {
    if (key === OUT) return target;
    if (typeof key === "symbol") return symbolOf(target, key);
    if (key === "at") return atRef(target);
    if (key === "toJSON" || key === "toString" || key === "valueOf") return trap(target);
    return outRef({ ...target, path: [...target.path, key] });
  },
  set: (target) => asValue(target),
  has: (target, key) => key === OUT || (typeof key === "symbol" ? false : asValue(target)),
  ownKeys: (target) => asValue(target),
};

function symbolOf(target: OutTarget, key: symbol): unknown {
  if (key === Symbol.toPrimitive || key === Symbol.iterator || key === Symbol.asyncIterator) return trap(target);
  return undefined;
}

/** What JavaScript calls to make a value of an object: it says that there is none; wired as one, it says so too. */
function trap(target: OutTarget): () => never {
  const call = (): never => asValue(target);
  TRAPS.add(call);
  return call;
}

const TRAPS = new WeakSet<object>();

function checkIndex(index: unknown): number {
  return Number.isInteger(index) ? (index as number) : misused("at() takes an integer index");
}

function nameOf(target: OutTarget): string {
  return [target.node ?? "input", ...target.path].join(".");
}

function asValue(target: OutTarget): never {
  const name = nameOf(target);
  return misused(
    `"${name}" is a reference, not a value: it has none until the workflow runs. ` +
      `Wire it into a node's input, and compute there`,
  );
}

function misused(message: string): never {
  throw new PolyloomError("reference_misused", message);
}

function isObjectLike(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
