import { z } from "zod";
import { delta } from "../define/criterion.ts";
import { Workflow } from "../define/workflow.ts";
import { echo, execute, increment, one } from "./nodes.fixture.ts";
import { wrong } from "./wrong-program.fixture.ts";

const LIBRARY = { one, increment, echo };

/** A sound workflow with a bit of everything. */
export function sample(): Workflow<{}, { total: number }> {
  const inner = new Workflow("inner", { input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) });
  inner.setOutput({ y: inner.addNode("add", increment, { value: inner.input.x }).out.value });
  const flow = new Workflow<{}, { total: number }>("sample", { output: z.object({ total: z.number() }) });
  const start = flow.addNode("start", one);
  const sub = flow.addNode("sub", inner, { x: start.out.value });
  const step = flow.addNode("step", increment, { value: sub.out.y });
  flow.addMap("map", echo, { each: { value: [1, 2] }, chunkSize: 1 });
  flow.addNode("list", echo, { value: { rows: [step.out.value, 1, new Date(0)] } });
  flow
    .createCycle("loop")
    .connect(step.out.value, step.in.value)
    .maxIterations(3)
    .convergeWhen(delta(step.out.delta, 1e-9))
    .build();
  return flow.setOutput({ total: step.out.value });
}

/** A JSON object. */
export type Json = Record<string, unknown>;

/** The document of the sample, new each time. */
export function documentOf(): Json {
  return JSON.parse(JSON.stringify(sample())) as Json;
}

/** Reads what may be no document. */
export function read(document: unknown, library: unknown = LIBRARY): Workflow {
  return Workflow.fromJSON(document, wrong(library)) as unknown as Workflow;
}

/** Reads a sound document with one change, and runs it. */
export const changed = (change: (document: Json) => unknown) => (): unknown => {
  const document = documentOf();
  const replaced = change(document);
  return execute(read(replaced === undefined || typeof replaced !== "object" ? document : replaced));
};

/** The nodes of a document. */
export const nodes = (document: Json): Json[] => document["nodes"] as Json[];
