import { ValidationError } from "./validation-error.ts";

/** Gives back what it gets. */
export function process(payload: unknown): unknown {
  return payload;
}

export function fanOut({ text }: { text: string }): unknown[] {
  return [...text].map((letter, index) => ({ index, letter }));
}

export async function later(payload: unknown): Promise<unknown> {
  await new Promise((resolve) => setImmediate(resolve));
  return payload;
}

export function nothing(): void {}

export function validate(payload: { text?: string }): unknown {
  if (payload.text === undefined) throw new ValidationError("Missing required field: text");
  return payload;
}

export function validateByName(): never {
  throw Object.assign(new Error("by its name"), { name: "ValidationError" });
}

class ModelError extends Error {}

export function fail(payload: unknown): never {
  throw new ModelError(`no weights for ${JSON.stringify(payload)}`);
}

export async function failLater(): Promise<never> {
  await Promise.resolve();
  throw new RangeError("too late");
}

export function throwText(): never {
  throw "just a text";
}

export function throwUndefined(): never {
  throw undefined;
}

export function throwHostile(): never {
  throw new Proxy(new Error("hidden"), {
    get() {
      throw new Error("a trap");
    },
  });
}

export function cyclic(): unknown {
  const result: Record<string, unknown> = {};
  result["self"] = result;
  return result;
}

export function bigint(): unknown {
  return { n: 1n };
}

export function aFunction(): unknown {
  return () => 1;
}

const HOARDS: Readonly<Record<string, () => void>> = {
  objects: () => fill([], () => ({ numbers: Array.from({ length: 100 }, () => ({})) })),
  numbers: () => fill([], () => 1.5),
  buffers: () => fill([], () => Buffer.alloc(10_000_000, 1)),
  map: () => {
    for (const map = new Map<number, object>(); ;) map.set(map.size, { size: map.size });
  },
};

function fill(list: unknown[], make: () => unknown): never {
  for (;;) list.push(make());
}

/** Fills the memory in the way that it is told. */
export function hoard(payload: { hoard?: string }): unknown {
  if (payload.hoard !== undefined) HOARDS[payload.hoard]!();
  return payload;
}

/** Asks for more memory outside of the heap than there can be. */
export function allocate(): unknown {
  return new ArrayBuffer(2 ** 50).byteLength;
}

export function exit(payload: { code?: number }): unknown {
  if (payload.code !== undefined) globalThis.process.exit(payload.code);
  return payload;
}

export function throwAside(payload: { aside?: boolean }): unknown {
  if (!payload.aside) return payload;
  return new Promise(() => setImmediate(() => throwNow()));
}

function throwNow(): never {
  throw new TypeError("thrown beside the call");
}

const gates = new Map<string, () => void>();

/** Waits for the call that opens it; a test holds calls open by it. */
export function gate({ wait, open }: { wait?: string; open?: string }): unknown {
  if (wait !== undefined) return new Promise((resolve) => gates.set(wait, () => resolve({ waited: wait })));
  gates.get(open!)!();
  return { opened: open };
}

/** Made once: the count goes up from call to call. */
export class Counter {
  static made = 0;
  readonly #start: number;
  #calls = 0;

  constructor(start: number = 10) {
    this.#start = start;
    Counter.made++;
  }

  process(): unknown {
    this.#calls++;
    return { count: this.#start + this.#calls, made: Counter.made };
  }

  reset(): unknown {
    this.#calls = 0;
    return "reset";
  }
}

export class Needy {
  readonly weights: string;
  constructor(weights: string) {
    this.weights = weights;
  }
  process(): unknown {
    return this.weights;
  }
}

export class Broken {
  constructor() {
    throw new Error("no weights on this disk");
  }
  process(): void {}
}

export const settings = { process: 3 };

// Envelopes

export function envelope(input: { route: { actors: string[]; current?: number } }): unknown {
  return { ...input, route: { ...input.route, current: (input.route.current ?? 0) + 1 } };
}

export function rewriteFuture(input: { route: { actors: string[]; current: number } }): unknown {
  const { actors, current } = input.route;
  return { ...input, route: { actors: [...actors.slice(0, current + 1), "detour", "end"], current: current + 1 } };
}

export function rewritePast(input: { payload: unknown }): unknown {
  return { payload: input.payload, route: { actors: ["other"], current: 0 } };
}

export function oneOfTwo(input: { payload: unknown; route: unknown }): unknown {
  return [input, { payload: input.payload }];
}

let running = 0;

/** Tells how many of its calls ran at once. */
export async function ordered(payload: object): Promise<unknown> {
  const seen = ++running;
  await new Promise((resolve) => setImmediate(resolve));
  running--;
  return { ...payload, running: seen };
}

/** Takes a few turns of the event loop. */
export async function soon({ wait }: { wait: string }): Promise<unknown> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  return { waited: wait };
}
