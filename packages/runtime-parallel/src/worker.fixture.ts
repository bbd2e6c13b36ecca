import { defineNode } from "@polyloom/core";
import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { z } from "zod";

/** Looks around in its worker. */
export const lookAround = defineNode({
  name: "lookAround",
  input: z.object({}),
  output: z.object({ env: z.string().optional(), execArgv: z.array(z.string()), threadId: z.number() }),
  run: () => ({ env: process.env["POLYLOOM_TEST"], execArgv: process.execArgv, threadId }),
});

/** Stays on the calling thread; changes what it is given. */
export const stayHere = defineNode({
  name: "stayHere",
  inline: true,
  input: z.object({ list: z.array(z.number()) }),
  output: z.object({ threadId: z.number(), list: z.array(z.number()) }),
  run: ({ list }) => {
    list.push(0);
    return { threadId, list };
  },
});

/** Says when it began and when it heard its signal, in milliseconds on the clock that all threads share. */
export const hear = defineNode({
  name: "hear",
  input: z.object({}),
  output: z.object({ heardAt: z.number(), reason: z.unknown() }),
  run: (_input, { signal, progress }) => {
    const heard = new Promise<{ heardAt: number; reason: unknown }>((resolve) =>
      signal.addEventListener("abort", () => resolve({ heardAt: now(), reason: signal.reason })),
    );
    progress(0);
    return heard;
  },
});

/** Works and waits for a while, and gives what it was given. */
export const work = defineNode({
  name: "work",
  input: z.object({ ms: z.number(), value: z.unknown(), after: z.unknown().optional() }),
  output: z.object({ value: z.unknown() }),
  run: async ({ ms, value }) => {
    await sleep(ms);
    return { value };
  },
});

/** Writes into memory that is shared. */
export const writeShared = defineNode({
  name: "writeShared",
  input: z.object({ shared: z.instanceof(SharedArrayBuffer) }),
  output: z.object({ shared: z.instanceof(SharedArrayBuffer) }),
  run: ({ shared }) => {
    new Int32Array(shared)[0] = 7;
    return { shared };
  },
});

/** Milliseconds on the clock that all threads share. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
