import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adjacency, isAcyclic } from "./acyclic.ts";
import { contract } from "./contract.ts";
import { loopPath } from "./loop-path.ts";
import { reachability } from "./random-flow.fixture.ts";

/** Any edges at all among up to eight units. */
const graphs = fc.integer({ min: 1, max: 8 }).chain((count) =>
  fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 12 }).map((pairs) => ({
    count,
    pairs,
    edges: { from: pairs.map(([from]) => from), to: pairs.map(([, to]) => to) },
  })),
);

test("adjacency keeps every edge, by source", () => {
  fc.assert(
    fc.property(graphs, ({ count, pairs, edges }) => {
      const { start, targets } = adjacency(count, edges.from, edges.to);
      const back = Array.from({ length: count }, (_, from) =>
        [...targets.subarray(start[from], start[from + 1])].map((to) => [from, to]),
      ).flat();
      expect(back.map(String).toSorted()).toEqual(pairs.map(String).toSorted());
    }),
  );
});

test("G4: a graph is acyclic where no node leads back to itself; else a loop of real edges is shown", () => {
  fc.assert(
    fc.property(graphs, ({ count, pairs, edges }) => {
      const reach = reachability(count, pairs);
      const acyclic = pairs.every(([a, b]) => !reach[b]![a]);
      expect(isAcyclic({ count, edges })).toBe(acyclic);
      if (acyclic) return;
      const path = loopPath({ count, edges });
      expect(path.length).toBeGreaterThan(1);
      expect(path[0]).toBe(path.at(-1));
      expect(new Set(path.slice(1)).size).toBe(path.length - 1);
      path.slice(1).forEach((to, i) => expect(pairs).toContainEqual([path[i], to]));
    }),
    { numRuns: 500 },
  );
});

describe("contract joins the units of the innermost scope that holds both ends", () => {
  // Nodes 0 to 4; cycle 0 holds 1, 2 and 3, and cycle 1 inside it holds 2. As units the cycles are 5 and 6.
  const nesting = { scopeOf: Int32Array.from([-1, 0, 1, 0, -1]), parentOf: Int32Array.from([-1, 0]) };
  test.each([
    ["between nodes outside", 0, 4, [0, 4]],
    ["into a body", 0, 1, [0, 5]],
    ["into a body inside a body", 0, 2, [0, 5]],
    ["out of a body inside a body", 2, 4, [5, 4]],
    ["within a body", 1, 3, [1, 3]],
    ["from a body into the one inside it", 1, 2, [1, 6]],
    ["out of it again", 2, 3, [6, 3]],
  ] as const)("%s", (_, from, to, units) => {
    const { count, edges } = contract(5, { from: [from], to: [to] }, nesting);
    expect(count).toBe(7);
    expect([edges.from[0], edges.to[0]]).toEqual(units);
  });
});
