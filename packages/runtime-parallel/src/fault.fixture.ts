import { type NodeContext, defineNode } from "@polyloom/core";
import { parentPort } from "node:worker_threads";
import { z } from "zod";

const nothing = z.object({});
const value = z.object({ value: z.number() });

/** Adds one: an innocent node. */
export const addOne = defineNode({
  name: "addOne",
  input: value,
  output: value,
  run: ({ value }) => ({ value: value + 1 }),
});

/** Ends its worker, on the attempts up to `until`. */
export const exit = defineNode({
  name: "exit",
  input: z.object({ code: z.number(), until: z.number().default(Infinity) }),
  output: nothing,
  run: ({ code, until }, { attempt }) => {
    if (attempt <= until) process.exit(code);
    return {};
  },
});

/** Says something to the thread that it was started from, which does not expect it. */
export const postToParent = defineNode({
  name: "postToParent",
  input: nothing,
  output: nothing,
  run: () => {
    for (const odd of [null, "text", { port: 1 }, undefined]) parentPort?.postMessage(odd);
    return {};
  },
});

/** Computes for ever. */
export const spin = defineNode({
  name: "spin",
  input: nothing,
  output: nothing,
  timeoutMs: 30,
  run: () => {
    for (;;);
  },
});

/** Takes heap until there is no more. */
export const fillHeap = defineNode({
  name: "fillHeap",
  input: nothing,
  output: nothing,
  run: () => {
    const held: number[][] = [];
    for (;;) held.push(Array.from({ length: 10_000 }, Math.random));
  },
});

/** Takes buffers until there are 3 GB of them. */
export const fillBuffers = defineNode({
  name: "fillBuffers",
  input: nothing,
  output: nothing,
  run: async () => {
    const held: Uint8Array[] = [];
    for (let size = 0; size < 3 * 2 ** 30; size += 2 ** 24) {
      held.push(new Uint8Array(2 ** 24));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return {};
  },
});

/** Gives what cannot leave its worker. */
export const giveOdd = defineNode({
  name: "giveOdd",
  input: z.object({ odd: z.enum(["function", "inside", "proxy", "detached"]) }),
  output: z.object({ rows: z.array(z.unknown()) }),
  run: ({ odd }) => oddOutput(odd) as { rows: unknown[] },
});

function oddOutput(odd: "function" | "inside" | "proxy" | "detached"): unknown {
  if (odd === "function") return () => 1;
  if (odd === "inside") return { rows: [1, { call: () => 1 }] };
  if (odd === "proxy") return { rows: [new Proxy({}, {})] };
  const buffer = new ArrayBuffer(8);
  buffer.transfer();
  return { rows: [buffer] };
}

/** Gives a buffer of that many bytes. */
export const giveBytes = defineNode({
  name: "giveBytes",
  input: z.object({ bytes: z.number() }),
  output: z.object({ buffer: z.instanceof(Uint8Array) }),
  run: ({ bytes }) => ({ buffer: new Uint8Array(bytes) }),
});

/** Leaves code behind that throws a little later. */
export const throwLater = defineNode({
  name: "throwLater",
  input: z.object({ how: z.enum(["timer", "promise", "exit"]) }),
  output: z.object({ done: z.boolean() }),
  run: ({ how }) => {
    if (how === "timer") setTimeout(thrown, 5);
    else if (how === "exit") setTimeout(() => process.exit(1), 5);
    else setTimeout(() => void Promise.reject(new RangeError("left behind")), 5);
    return { done: true };
  },
});

/** Waits, while code that it does not await throws. */
export const throwAside = defineNode({
  name: "throwAside",
  input: nothing,
  output: nothing,
  run: () => {
    setTimeout(thrown, 5);
    return new Promise<never>(() => undefined);
  },
});

function thrown(): never {
  throw new RangeError("left behind");
}

/** Waits for a time, and heeds its signal. */
export const wait = defineNode({
  name: "wait",
  input: z.object({ ms: z.number(), after: z.unknown().optional() }),
  output: z.object({ thread: z.number() }),
  run: async ({ ms }, { signal, progress }: NodeContext) => {
    const { setTimeout: sleep } = await import("node:timers/promises");
    const { threadId } = await import("node:worker_threads");
    progress(0);
    await sleep(ms, undefined, { signal });
    return { thread: threadId };
  },
});

/** Never settles, and does not heed its signal. */
export const never = defineNode({
  name: "never",
  input: nothing,
  output: nothing,
  run: (_input, { progress }) => {
    progress(0);
    return new Promise<never>(() => undefined);
  },
});
