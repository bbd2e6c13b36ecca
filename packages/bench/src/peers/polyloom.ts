import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { chainOf, incrementNode } from "../programs/increment.ts";
import { ITERATIONS, type Job, printJobs } from "./jobs.ts";

const runtime = new LocalRuntime();

const loop = new Workflow("loop");
const step = loop.addNode("step", incrementNode, { value: 0 });
loop
  .createCycle("loop")
  .connect(step.out.value, step.in.value)
  .convergeWhen(step.out.value, (value) => value >= ITERATIONS)
  .build();

function chain(nodes: number): Job {
  const { flow, last } = chainOf(nodes);
  return async () => (await runtime.execute(flow)).get(last).value;
}

await printJobs({
  chain,
  loop: async () => (await runtime.execute(loop)).get(step).value,
});
