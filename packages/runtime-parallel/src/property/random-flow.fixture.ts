import { type OutRef, Workflow } from "@polyloom/core";
import fc from "fast-check";
import { count, fussy, half, sum } from "./steps.fixture.ts";

/** One step: what it is, and which steps before it it reads. */
export interface StepSketch {
  readonly kind: "sum" | "half" | "fussy" | "cycle" | "map";
  readonly from: readonly number[];
  readonly size: number;
}

/** Random steps, for {@link flowOf}. */
export const sketches: fc.Arbitrary<StepSketch[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("sum", "sum", "half", "fussy", "cycle", "map"),
    from: fc.array(fc.nat(20), { maxLength: 3 }),
    size: fc.nat(6),
  }),
  { minLength: 1, maxLength: 12 },
);

/** A workflow with these steps. */
export function flowOf(steps: readonly StepSketch[]): Workflow {
  const flow = new Workflow("random");
  const outputs: OutRef<number>[] = [];
  for (const [at, step] of steps.entries()) outputs.push(add(flow, `n${at}`, step, outputs));
  return flow;
}

function add(flow: Workflow, id: string, { kind, from, size }: StepSketch, before: OutRef<number>[]): OutRef<number> {
  const sources = from.flatMap((index) => before[index % before.length] ?? []);
  const value = sources[0] ?? size;
  if (kind === "sum") return flow.addNode(id, sum, { values: [...sources, size] }).out.value;
  if (kind === "half") return flow.addNode(id, half, { value }).out.value as OutRef<number>;
  if (kind === "fussy") return flow.addNode(id, fussy, { value }).out.value;
  if (kind === "cycle") return addCycle(flow, id, value, size);
  const items = Array.from({ length: size }, (_, at) => at + 1);
  const map = flow.addMap(`${id}-map`, fussy, { each: { value: items }, chunkSize: 2 });
  return flow.addNode(id, sum, { values: map.out.value as unknown as OutRef<number[]>, more: value }).out.value;
}

function addCycle(flow: Workflow, id: string, value: number | OutRef<number>, size: number): OutRef<number> {
  const step = flow.addNode(id, count, { value });
  flow
    .createCycle(`${id}-cycle`)
    .connect(step.out.value, step.in.value)
    .convergeWhen(step.out.times, (times) => times > size)
    .maxIterations(5)
    .build();
  return step.out.value;
}
