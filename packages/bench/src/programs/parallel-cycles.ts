import { Workflow } from "@polyloom/core";
import { ParallelCyclicRuntime } from "@polyloom/runtime-cyclic";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { iterate } from "./portable-nodes.ts";

const WORKERS = 2;
const ALONE = 2000;
/** The longest comes last: whoever takes them in their order ends late. */
const LENGTHS = [300, 200, 400, 100, 500, 300, 200, 2000];

const runtime = new ParallelCyclicRuntime({ maxWorkers: WORKERS });

function cycles(...lengths: number[]): Workflow {
  const flow = new Workflow("cycles");
  lengths.forEach((length, at) => {
    const step = flow.addNode(`step${at}`, iterate, { value: 0 });
    flow.createCycle(`cycle${at}`).connect(step.out.value, step.in.value).maxIterations(length).build();
  });
  return flow;
}

const [one, two, eight] = [cycles(ALONE), cycles(ALONE, ALONE), cycles(...LENGTHS)];
const times = await interleave(
  { warmUp: 1, rounds: 5 },
  { one: () => runtime.execute(one), two: () => runtime.execute(two), eight: () => runtime.execute(eight) },
);
const msAnIteration = times.one / ALONE;
const total = LENGTHS.reduce((a, b) => a + b, 0);
const best = Math.max(total / WORKERS, ...LENGTHS) * msAnIteration;
printSamples(
  { row: "cycles-two", ours: times.two, floor: times.one },
  { row: "cycles-eight", ours: times.eight, floor: best },
);
await runtime.close();
