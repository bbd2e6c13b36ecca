// Nodes that a worker runs live in a module of their own: a worker imports it to find them.
import { defineNode } from "@polyloom/core";
import { z } from "zod";

// #region range
/** Cuts the numbers below `to` into parts of one size. */
export const cut = defineNode({
  name: "cut",
  input: z.object({ to: z.int(), parts: z.int() }),
  output: z.object({ starts: z.array(z.int()), size: z.int() }),
  run: ({ to, parts }) => {
    const size = Math.ceil(to / parts);
    return { starts: Array.from({ length: parts }, (_, part) => part * size), size };
  },
});

/** Counts the primes of one part, by trial: nothing but computing. */
export const countPrimes = defineNode({
  name: "countPrimes",
  input: z.object({ start: z.int(), size: z.int() }),
  output: z.object({ count: z.int() }),
  run: ({ start, size }, { logger }) => {
    let count = 0;
    for (let n = start; n < start + size; n++) if (isPrime(n)) count++;
    logger.debug({ start, count }, "counted");
    return { count };
  },
});
// #endregion range

/** Adds numbers. */
export const sum = defineNode({
  name: "sum",
  input: z.object({ numbers: z.array(z.int()) }),
  output: z.object({ total: z.int() }),
  run: ({ numbers }) => ({ total: numbers.reduce((total, each) => total + each, 0) }),
});

// #region columns
/** Measurements as typed columns: they cross as blocks of memory, and not value by value; here they are even moved. */
export const measure = defineNode({
  name: "measure",
  transfer: ["height", "weight"],
  input: z.object({ rows: z.int() }),
  output: z.object({ height: z.instanceof(Float64Array), weight: z.instanceof(Float32Array) }),
  run: ({ rows }) => ({
    height: Float64Array.from({ length: rows }, (_, row) => 150 + (row % 50)),
    weight: Float32Array.from({ length: rows }, (_, row) => 50 + (row % 40)),
  }),
});

/** The mean body-mass index. */
export const meanIndex = defineNode({
  name: "meanIndex",
  input: z.object({ height: z.instanceof(Float64Array), weight: z.instanceof(Float32Array) }),
  output: z.object({ mean: z.number() }),
  run: ({ height, weight }) => {
    let total = 0;
    for (let row = 0; row < height.length; row++) total += weight[row]! / (height[row]! / 100) ** 2;
    return { mean: total / height.length };
  },
});
// #endregion columns

/** Never comes to an end. */
export const loopForEver = defineNode({
  name: "loopForEver",
  timeoutMs: 50,
  input: z.object({}),
  output: z.object({}),
  run: () => {
    for (;;);
  },
});

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
}
