import { defineNode, delta, fixpoint, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AsyncRuntime } from "../async-runtime.ts";
import { ABSENT, readAnswers, readTable } from "./known-data.fixture.ts";

const RUNTIMES = [
  { name: "local", create: () => new LocalRuntime({ connectionValidation: "strict" }) },
  { name: "async", create: () => new AsyncRuntime() },
] as const;

// skip: without the folder ../shared/data there is nothing to compare with, and the title says so
describe.skipIf(ABSENT !== "").each(RUNTIMES)(
  `C1 C3 C5: published fixed points on $name${ABSENT && ` (skipped: ${ABSENT})`}`,
  ({ create }) => {
    test("Newton's method gives every iterate of √2, and stops at the fixed point", async () => {
      const { x0, iterates, limit, tol } = readAnswers().newtonSqrt2;
      const after = async (count: number): Promise<{ x: number; iterations: number }> => {
        const flow = new Workflow("newton");
        const step = flow.addNode("step", newton, { x: x0 });
        flow
          .createCycle("refine")
          .connect(step.out.x, step.in.x)
          .maxIterations(count)
          .convergeWhen(fixpoint(step.out.x))
          .build();
        const result = await create().execute(flow);
        return { x: result.get(step).x, iterations: result.cycles["refine"]!.iterations };
      };
      // The published iterates were rounded by another order of operations: the last bit may differ.
      for (const [i, iterate] of iterates.entries()) {
        const { x, iterations } = await after(i + 1);
        expect(Math.abs(x - iterate)).toBeLessThanOrEqual(tol);
        expect(iterations).toBe(i + 1);
      }
      const last = await after(100);
      expect(Math.abs(last.x - limit)).toBeLessThanOrEqual(tol);
      expect(last.iterations).toBe(iterates.length + 1);
    });

    test("Jacobi's method solves three equations, a node each, in the known number of iterations", async () => {
      const known = readAnswers().jacobi3;
      const solve = async (most: number): Promise<{ x: number[]; iterations: number; reason: string }> => {
        const flow = new Workflow("jacobi");
        const rows = known.A.map((row, i) =>
          flow.addNode(`row${i}`, solveRow, { row: [...row], b: known.b[i]!, i, x: known.x0 }),
        );
        const next = flow.addNode("next", gather, { x: rows.map((row) => row.out.x) });
        const cycle = flow.createCycle("sweep").maxIterations(most).convergeWhen(delta(next.out.x, 1e-9));
        for (const row of rows) cycle.connect(next.out.x, row.in.x);
        cycle.build();
        const result = await create().execute(flow);
        const { iterations, reason } = result.cycles["sweep"]!;
        return { x: result.get(next).x, iterations, reason };
      };
      const first = await solve(1);
      known.iter1.forEach((x, i) => expect(first.x[i]).toBeCloseTo(x, 3));
      const last = await solve(1000);
      expect(last).toMatchObject({ iterations: known["itersTo1e-9"], reason: "converged" });
      known.solution.forEach((x, i) => expect(Math.abs(last.x[i]! - x)).toBeLessThan(1e-9));
    });

    test("k-means finds the three kinds of iris, one map item a flower", async () => {
      const known = readAnswers().kmeansIris;
      const rows = readTable("iris.csv").map((row) => row.slice(0, 4));
      const flow = new Workflow("iris");
      const assign = flow.addMap("assign", nearest, {
        each: { row: rows },
        with: { centroids: [0, 50, 100].map((i) => rows[i]!) },
      });
      const update = flow.addNode("update", means, { rows, labels: assign.out.label });
      flow
        .createCycle("refine")
        .connect(update.out.centroids, assign.in.centroids)
        .maxIterations(50)
        .convergeWhen(fixpoint(update.out.centroids))
        .build();
      const result = await create().execute(flow);
      expect(result.cycles["refine"]).toMatchObject({ converged: true });
      expect(result.cycles["refine"]!.iterations).toBe(4);
      const { centroids, sizes } = result.get(update);
      expect(sizes).toEqual(known.sizes);
      centroids.flat().forEach((x, i) => expect(Math.abs(x - known.centroids.flat()[i]!)).toBeLessThan(known.tol));
      const inertia = result.get(assign).distance.reduce((sum, each) => sum + each, 0);
      expect(Math.abs(inertia - known.inertia)).toBeLessThan(known.tol);
    });
  },
);

const newton = defineNode({
  name: "newton",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: (x + 2 / x) / 2 }),
});

const vector = z.array(z.number());

const solveRow = defineNode({
  name: "solveRow",
  input: z.object({ row: vector, b: z.number(), i: z.number(), x: vector }),
  output: z.object({ x: z.number() }),
  run: ({ row, b, i, x }) => ({ x: (b - row.reduce((sum, a, j) => (j === i ? sum : sum + a * x[j]!), 0)) / row[i]! }),
});

const gather = defineNode({
  name: "gather",
  input: z.object({ x: vector }),
  output: z.object({ x: vector }),
  run: async ({ x }) => ({ x }),
});

const nearest = defineNode({
  name: "nearest",
  input: z.object({ row: vector, centroids: z.array(vector) }),
  output: z.object({ label: z.number(), distance: z.number() }),
  run: async ({ row, centroids }) => {
    const distances = centroids.map((centroid) => row.reduce((sum, x, i) => sum + (x - centroid[i]!) ** 2, 0));
    const distance = Math.min(...distances);
    return { label: distances.indexOf(distance), distance };
  },
});

const means = defineNode({
  name: "means",
  input: z.object({ rows: z.array(vector), labels: z.array(z.number()) }),
  output: z.object({ centroids: z.array(vector), sizes: z.array(z.number()) }),
  run: ({ rows, labels }) => {
    const clusters = [0, 1, 2].map((label) => rows.filter((_, i) => labels[i] === label));
    const mean = (cluster: number[][]): number[] =>
      cluster[0]!.map((_, column) => cluster.reduce((sum, row) => sum + row[column]!, 0) / cluster.length);
    return { centroids: clusters.map(mean), sizes: clusters.map(({ length }) => length) };
  },
});
