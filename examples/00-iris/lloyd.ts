import { defineNode, Workflow } from "@polyloom/core";
import { z } from "zod";

const Points = z.array(z.array(z.number()));
const Labels = z.array(z.int());

/** Gives each point the number of its nearest centroid, the first of equals. */
export const assign = defineNode({
  name: "assign",
  input: z.object({ points: Points, centroids: Points }),
  output: z.object({ labels: Labels }),
  run: ({ points, centroids }) => ({
    labels: points.map((point) => nearest(centroids.map((centroid) => squaredDistance(point, centroid)))),
  }),
});

/** Moves each centroid to the middle of its points; `shift` is the longest way that one of them went. */
export const move = defineNode({
  name: "move",
  input: z.object({ points: Points, labels: Labels, centroids: Points }),
  output: z.object({ centroids: Points, inertia: z.number(), shift: z.number() }),
  run: ({ points, labels, centroids }) => {
    const moved = centroids.map((old, k) => middle(points.filter((_, row) => labels[row] === k)) ?? old);
    return {
      centroids: moved,
      inertia: sum(points.map((point, row) => squaredDistance(point, moved[labels[row]!]!))),
      shift: Math.max(...moved.map((centroid, k) => Math.sqrt(squaredDistance(centroid, centroids[k]!)))),
    };
  },
});

// #region lloyd
/** One step of k-means, as a workflow that others use as a node. */
export const lloyd = new Workflow("lloyd", {
  input: z.object({ points: Points, centroids: Points }),
  output: z.object({ labels: Labels, centroids: Points, inertia: z.number(), shift: z.number() }),
});
const { points, centroids } = lloyd.input;
const assigned = lloyd.addNode("assign", assign, { points, centroids });
const moved = lloyd.addNode("move", move, { points, centroids, labels: assigned.out.labels });
lloyd.setOutput({
  labels: assigned.out.labels,
  centroids: moved.out.centroids,
  inertia: moved.out.inertia,
  shift: moved.out.shift,
});
// #endregion lloyd

function nearest(distances: readonly number[]): number {
  return distances.indexOf(Math.min(...distances));
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((each, axis) => (each - b[axis]!) ** 2));
}

function middle(points: readonly (readonly number[])[]): number[] | undefined {
  return points[0]?.map((_, axis) => sum(points.map((point) => point[axis]!)) / points.length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
