import { type Counter, increment, INPUT, OUTPUT } from "../programs/increment.ts";
import { ITERATIONS, type Job, printJobs } from "./jobs.ts";
import { importPeer } from "./peer-module.ts";

interface Run {
  start(options: { inputData: Counter }): Promise<{ status: string; result: Counter }>;
}

interface MastraWorkflow {
  then(step: unknown): MastraWorkflow;
  dountil(step: unknown, isDone: (context: { inputData: Counter }) => Promise<boolean>): MastraWorkflow;
  commit(): MastraWorkflow;
  createRun(): Promise<Run>;
}

interface Mastra {
  createStep(spec: object): unknown;
  createWorkflow(spec: object): MastraWorkflow;
}

const { createStep, createWorkflow } = await importPeer<Mastra>("mastra", "@mastra/core/workflows");
const schemas = { inputSchema: INPUT, outputSchema: OUTPUT };

function stepOf(id: string): unknown {
  return createStep({ id, ...schemas, execute: async ({ inputData }: { inputData: Counter }) => increment(inputData) });
}

function chain(nodes: number): Job {
  let workflow = createWorkflow({ id: `chain${nodes}`, ...schemas });
  for (let i = 0; i < nodes; i++) workflow = workflow.then(stepOf(`node${i}`));
  workflow.commit();
  return () => run(workflow);
}

const isThere = async ({ inputData }: { inputData: Counter }): Promise<boolean> => inputData.value >= ITERATIONS;
const loop = createWorkflow({ id: "loop", ...schemas })
  .dountil(stepOf("step"), isThere)
  .commit();

async function run(workflow: MastraWorkflow): Promise<number> {
  const each = await workflow.createRun();
  return (await each.start({ inputData: { value: 0 } })).result.value;
}

await printJobs({ chain, loop: () => run(loop) });
