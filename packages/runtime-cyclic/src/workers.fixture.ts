import { defineFunction, defineNode, type NodeHandle, Workflow } from "@polyloom/core";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Compiled modules are kept, so that workers of the tests do not strip the types of every source file again. */
export const QUICK_START: Readonly<Record<string, string>> = {
  ...(process.env as Record<string, string>),
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../../../node_modules/.cache/polyloom-workers", import.meta.url)),
};

const ports = { input: z.object({ x: z.number() }), output: z.object({ x: z.number() }) };
const words = z.instanceof(SharedArrayBuffer);

/** Adds one, and keeps all that it saw in its state. */
export const tally = defineNode({
  name: "tally",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number(), seen: z.array(z.number()) }),
  run: ({ x }, { state }) => {
    const seen = [...((state["seen"] as number[] | undefined) ?? []), x];
    state["seen"] = seen;
    return { x: x + 1, seen };
  },
});

/** One step towards the square root of two. */
export const newton = defineNode({ name: "newton", ...ports, run: ({ x }) => ({ x: (x + 2 / x) / 2 }) });

/** Adds one, and computes for a while. */
export const compute = defineNode({
  name: "compute",
  input: z.object({ x: z.number(), ms: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x, ms }) => {
    for (const until = performance.now() + ms; performance.now() < until;);
    return { x: x + 1 };
  },
});

/** The length of two sides. */
export const hypot = defineNode({
  name: "hypot",
  input: z.object({ x: z.number(), y: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x, y }) => ({ x: Math.hypot(x, y) }),
});

/** Throws in one iteration. */
export const failAt = defineNode({
  name: "failAt",
  input: z.object({ x: z.number(), at: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x, at }, { iteration }) => {
    if (iteration === at) throw new RangeError(`iteration ${iteration}`);
    return { x: x + 1 };
  },
});

/** Adds one; ends its worker in the middle of one iteration. */
export const exitAt = defineNode({
  name: "exitAt",
  input: z.object({ x: z.number(), at: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x, at }, { iteration }) => {
    if (iteration === at) process.exit(3);
    return { x: x + 1 };
  },
});

/** Counts how often it ran in shared memory; ends its worker when the loop has a turn after one iteration. */
export const exitAfter = defineNode({
  name: "exitAfter",
  input: z.object({ x: z.number(), at: z.number(), runs: words }),
  output: z.object({ x: z.number(), seen: z.array(z.number()) }),
  run: ({ x, at, runs }, { iteration, state }) => {
    Atomics.add(new Int32Array(runs), 0, 1);
    const seen = [...((state["seen"] as number[] | undefined) ?? []), iteration];
    state["seen"] = seen;
    if (iteration !== at) return { x: x + 1, seen };
    setImmediate(() => process.exit(3));
    // Long enough that the loop gets its turn right after (K5).
    for (const until = performance.now() + 15; performance.now() < until;);
    return { x: x + 1, seen };
  },
});

const meeting = z.object({ x: z.number(), own: z.int(), counts: words });

/** Goes on only when the other one is as far: two of them end only if they run at the same time. */
export const meet = defineNode({ name: "meet", input: meeting, output: ports.output, run: waitForOther });

/** Computes for a while; from its fourth iteration on it goes on only when the other one runs at the same time. */
export const meetLate = defineNode({
  name: "meetLate",
  input: meeting,
  output: ports.output,
  run: (input, { iteration }) => {
    for (const until = performance.now() + 3; performance.now() < until;);
    return iteration < 4 ? { x: input.x + 1 } : waitForOther(input);
  },
});

function waitForOther({ x, own, counts }: z.infer<typeof meeting>): { x: number } {
  const both = new Int32Array(counts);
  const there = Atomics.add(both, own, 1) + 1;
  Atomics.notify(both, own);
  for (let seen = Atomics.load(both, 1 - own); seen < there; seen = Atomics.load(both, 1 - own))
    if (Atomics.wait(both, 1 - own, seen, 20_000) === "timed-out") throw new Error("the other one never came");
  return { x: x + 1 };
}

/** Says whether a flag in shared memory is up. */
export const isUp = defineNode({
  name: "isUp",
  input: z.object({ x: z.number(), flag: words }),
  output: z.object({ x: z.number(), up: z.boolean() }),
  run: ({ x, flag }) => ({ x: x + 1, up: Atomics.load(new Int32Array(flag), 0) === 1 }),
});

/** Puts the flag up in its third iteration. */
export const putUp = defineNode({
  name: "putUp",
  input: z.object({ x: z.number(), flag: words }),
  output: z.object({ x: z.number() }),
  run: ({ x, flag }, { iteration }) => {
    if (iteration === 3) Atomics.store(new Int32Array(flag), 0, 1);
    return { x: x + 1 };
  },
});

/** Where tests of early convergence end. */
export const isFar = defineFunction("isFar", (x: number) => x >= 137);
/** Holds when the square root stands still. */
export const stands = defineFunction(
  "stands",
  (x: number, { previous }: { readonly previous: number | undefined }) => x === previous,
);
/** Goes on below seven. */
export const isLow = defineFunction("isLow", (x: number) => x < 7);

/** A cycle named `loop` around a node named `step` that takes nothing but its own output. */
export function around(node: typeof newton | typeof tally): {
  flow: Workflow;
  step: NodeHandle<{ x: number }, { x: number }>;
} {
  const flow = new Workflow("around");
  const step = flow.addNode("step", node as typeof newton, { x: 1 });
  return { flow, step };
}
