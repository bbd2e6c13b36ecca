import { defineNode } from "@polyloom/core";
import { z } from "zod";

const Cities = z.instanceof(Float64Array);
const Tour = z.instanceof(Uint16Array);

// #region anneal
/** A thousand tries to shorten a round trip by turning a part of it about, at one temperature (Kirkpatrick, 1983). */
export const anneal = defineNode({
  name: "anneal",
  input: z.object({ cities: Cities, tour: Tour, temperature: z.number(), seed: z.int() }),
  output: z.object({ tour: Tour, length: z.number(), temperature: z.number(), seed: z.int() }),
  run: ({ cities, tour: before, temperature, seed }) => {
    const tour = before.slice();
    const random = randomFrom(seed);
    for (let attempt = 0; attempt < 1000; attempt++) {
      const [from, to] = [random(), random()].map((each) => Math.floor(each * tour.length)).toSorted((a, b) => a - b);
      const gain = gainOf(cities, tour, from!, to!);
      if (gain > 0 || random() < Math.exp(gain / temperature)) tour.subarray(from, to! + 1).reverse();
    }
    return {
      tour,
      length: lengthOf(cities, tour),
      temperature: temperature * 0.95,
      seed: Math.floor(random() * 2 ** 31),
    };
  },
});
// #endregion anneal

/** Places on a map, the same ones each time: x and y of each. */
export const placeCities = defineNode({
  name: "placeCities",
  input: z.object({ count: z.int() }),
  output: z.object({ cities: Cities, tour: Tour }),
  run: ({ count }) => {
    const random = randomFrom(count);
    return {
      cities: Float64Array.from({ length: 2 * count }, random),
      tour: Uint16Array.from({ length: count }, (_, i) => i),
    };
  },
});

/** How much shorter a round trip gets when the part between two places is turned about. */
function gainOf(cities: Float64Array, tour: Uint16Array, from: number, to: number): number {
  if (to - from >= tour.length - 1) return 0;
  const [a, b] = [tour.at(from - 1)!, tour[from]!];
  const [c, d] = [tour[to]!, tour[(to + 1) % tour.length]!];
  return distance(cities, a, b) + distance(cities, c, d) - distance(cities, a, c) - distance(cities, b, d);
}

function lengthOf(cities: Float64Array, tour: Uint16Array): number {
  return tour.reduce((sum, city, at) => sum + distance(cities, city, tour[(at + 1) % tour.length]!), 0);
}

function distance(cities: Float64Array, a: number, b: number): number {
  return Math.hypot(cities[2 * a]! - cities[2 * b]!, cities[2 * a + 1]! - cities[2 * b + 1]!);
}

/** Numbers from 0 up to 1 (xorshift, Marsaglia 2003). */
function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
