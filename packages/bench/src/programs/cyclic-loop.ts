import { Workflow } from "@polyloom/core";
import { CyclicRuntime } from "@polyloom/runtime-cyclic";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { expectValue, increment, incrementNode, INPUT, OUTPUT } from "./increment.ts";

const ITERATIONS = 1_000_000;
const NS_AN_ITERATION = 1e6 / ITERATIONS;

const runtime = new CyclicRuntime({ connectionValidation: "warn", collectMetrics: true });
const flow = new Workflow("loop");
const step = flow.addNode("step", incrementNode, { value: 0 });
flow
  .createCycle("loop")
  .connect(step.out.value, step.in.value)
  .maxIterations(2 * ITERATIONS)
  .convergeWhen(step.out.value, (value) => value >= ITERATIONS)
  .build();

/** The same work by hand, with two looks at the clock and a sum of times. */
function floor(): void {
  let value = 0;
  let total = 0;
  do {
    const began = performance.now();
    value = OUTPUT.parse(increment(INPUT.parse({ value }))).value;
    total += performance.now() - began;
  } while (value < ITERATIONS);
  expectValue(value, ITERATIONS);
  if (total < 0) throw new Error("time went back");
}

async function ours(): Promise<void> {
  expectValue((await runtime.execute(flow)).get(step).value, ITERATIONS);
}

const times = await interleave({ warmUp: 1, rounds: 5 }, { floor, ours });
globalThis.gc!();
const before = process.memoryUsage().heapUsed;
await ours();
globalThis.gc!();
printSamples(
  { row: "cyclic-loop", ours: times.ours * NS_AN_ITERATION, floor: times.floor * NS_AN_ITERATION },
  { row: "cyclic-heap", ours: (process.memoryUsage().heapUsed - before) / 1e6 },
);
