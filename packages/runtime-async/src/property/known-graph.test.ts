import { type CovRef, type CycleBuilder, defineNode, fixpoint, type InRef, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AsyncRuntime } from "../async-runtime.ts";
import { ABSENT, readKnown, readTable } from "./known-data.fixture.ts";

const RUNTIMES = [
  { name: "local", create: () => new LocalRuntime({ connectionValidation: "strict" }) },
  { name: "async", create: () => new AsyncRuntime() },
] as const;
const NAME = "ldbc-undirected/example-undirected";

/** By position of the vertex: its neighbours, as positions, with the weights of the edges. */
const graph = z.array(z.array(z.object({ to: z.number(), weight: z.number() })));
const values = z.array(z.number());

type Graph = z.infer<typeof graph>;

// skip: without the folder ../shared/data there is nothing to compare with, and the title says so
describe.skipIf(ABSENT !== "").each(RUNTIMES)(
  `C2 C13: the undirected example graph of LDBC on $name${ABSENT && ` (skipped: ${ABSENT})`}`,
  ({ create }) => {
    test("PageRank, BFS, SSSP, WCC, LCC and CDLP as cycles of one workflow reach the published values", async () => {
      const { ids, edges, property } = readGraph();
      const flow = new Workflow("ldbc");
      const source = flow.addNode("source", makeGraph, { ids, edges });
      const { graph: wire } = source.out;
      const from = (name: string): number[] =>
        ids.map((id) => (id === property(`${name}.source-vertex`) ? 0 : Infinity));

      const rank = flow.addNode("rank", pageRank, {
        graph: wire,
        damping: property("pr.damping-factor"),
        values: ids.map(() => 1 / ids.length),
      });
      repeat(flow, rank).maxIterations(property("pr.num-iterations")).build();
      const label = flow.addNode("label", propagate, { graph: wire, values: ids });
      repeat(flow, label).maxIterations(property("cdlp.max-iterations")).build();
      const hops = flow.addNode("hops", relax, { graph: wire, unit: true, values: from("bfs") });
      const paths = flow.addNode("paths", relax, { graph: wire, unit: false, values: from("sssp") });
      const component = flow.addNode("component", smallest, { graph: wire, values: ids });
      for (const node of [hops, paths, component])
        repeat(flow, node).maxIterations(100).convergeWhen(fixpoint(node.out.values)).build();
      const clustering = flow.addMap("clustering", coefficient, {
        each: { vertex: ids.map((_, i) => i) },
        with: { graph: wire },
      });

      const result = await create().execute(flow);
      expect(result.get(hops).values).toEqual(published("BFS"));
      expect(result.get(label).values).toEqual(published("CDLP"));
      expect(result.get(component).values).toEqual(published("WCC"));
      for (const [found, name] of [
        [result.get(rank).values, "PR"],
        [result.get(paths).values, "SSSP"],
        [result.get(clustering).value, "LCC"],
      ] as const)
        published(name).forEach((value, i) => expect(found[i], `${name} of ${ids[i]}`).toBeCloseTo(value, 12));
      expect(result.cycles).toMatchObject({ rank: { iterations: 2 }, label: { iterations: 2 } });
      for (const name of ["hops", "paths", "component"]) expect(result.cycles[name]).toMatchObject({ converged: true });
    });
  },
);

interface Repeated {
  readonly id: string;
  readonly out: { readonly values: CovRef<number[]> };
  readonly in: { readonly values: InRef<number[]> };
}

function repeat(flow: Workflow, node: Repeated): CycleBuilder {
  return flow.createCycle(node.id).connect(node.out.values, node.in.values);
}

function readGraph(): { ids: number[]; edges: number[][]; property: (name: string) => number } {
  const text = readKnown(`${NAME}.properties`);
  const property = (name: string): number =>
    Number(text.split(`graph.example-undirected.${name} = `)[1]!.split("\n")[0]);
  return { ids: readTable(`${NAME}.v`).map(([id]) => id!), edges: readTable(`${NAME}.e`), property };
}

/** The published values, in the order of the vertices' file. */
function published(algorithm: string): number[] {
  const rows = new Map(readTable(`${NAME}-${algorithm}`).map(([id, value]) => [id!, value!]));
  return readGraph().ids.map((id) => rows.get(id)!);
}

const makeGraph = defineNode({
  name: "makeGraph",
  input: z.object({ ids: values, edges: z.array(values) }),
  output: z.object({ graph }),
  run: ({ ids, edges }) => {
    const made: Graph = ids.map(() => []);
    for (const [a, b, weight] of edges) {
      const [i, j] = [ids.indexOf(a!), ids.indexOf(b!)];
      made[i]!.push({ to: j, weight: weight! });
      made[j]!.push({ to: i, weight: weight! });
    }
    return { graph: made };
  },
});

const pageRank = defineNode({
  name: "pageRank",
  input: z.object({ graph, damping: z.number(), values }),
  output: z.object({ values }),
  run: async (input) => {
    const { length } = input.graph;
    const flowing = (i: number): number =>
      input.graph[i]!.reduce((sum, { to }) => sum + input.values[to]! / input.graph[to]!.length, 0);
    const dangling = input.values.reduce((sum, value, i) => (input.graph[i]!.length === 0 ? sum + value : sum), 0);
    const rest = (1 - input.damping) / length + (input.damping * dangling) / length;
    return { values: input.values.map((_, i) => rest + input.damping * flowing(i)) };
  },
});

/** The label most frequent among the neighbours, the smallest of several. */
const propagate = defineNode({
  name: "propagate",
  input: z.object({ graph, values }),
  output: z.object({ values }),
  run: async (input) => ({
    values: input.values.map((own, i) => {
      const counts = new Map<number, number>();
      for (const { to } of input.graph[i]!) counts.set(input.values[to]!, (counts.get(input.values[to]!) ?? 0) + 1);
      return [...counts].toSorted(([a, m], [b, n]) => n - m || a - b)[0]?.[0] ?? own;
    }),
  }),
});

/** Each vertex takes the shortest way that a neighbour knows; by edges where `unit` is set, else by weights. */
const relax = defineNode({
  name: "relax",
  input: z.object({ graph, unit: z.boolean(), values: z.array(z.number().or(z.literal(Infinity))) }),
  output: z.object({ values: z.array(z.number().or(z.literal(Infinity))) }),
  run: async (input) => ({
    values: input.values.map((known, i) =>
      input.graph[i]!.reduce(
        (best, { to, weight }) => Math.min(best, input.values[to]! + (input.unit ? 1 : weight)),
        known,
      ),
    ),
  }),
});

const smallest = defineNode({
  name: "smallest",
  input: z.object({ graph, values }),
  output: z.object({ values }),
  run: async (input) => ({
    values: input.values.map((own, i) => Math.min(own, ...input.graph[i]!.map(({ to }) => input.values[to]!))),
  }),
});

/** The share of pairs of neighbours that are neighbours of each other. */
const coefficient = defineNode({
  name: "coefficient",
  input: z.object({ graph, vertex: z.number() }),
  output: z.object({ value: z.number() }),
  run: async (input) => {
    const around = input.graph[input.vertex]!.map(({ to }) => to);
    const joined = around.reduce((sum, i) => sum + input.graph[i]!.filter(({ to }) => around.includes(to)).length, 0);
    return { value: around.length < 2 ? 0 : joined / (around.length * (around.length - 1)) };
  },
});
