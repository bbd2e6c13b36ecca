import { type NodeHandle, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { type Counter, expectValue, increment, incrementNode, INPUT, OUTPUT } from "./increment.ts";

const ITERATIONS = 1_000_000;
const NS_AN_ITERATION = 1e6 / ITERATIONS;

type Predicate = (value: number) => boolean;
const isThere: Predicate = (value) => value >= ITERATIONS;

const runtime = new LocalRuntime({ connectionValidation: "warn" });
const loop = loopUntil(isThere);

function loopUntil(predicate: Predicate): { flow: Workflow; step: NodeHandle<Counter, Counter> } {
  const flow = new Workflow("loop");
  const step = flow.addNode("step", incrementNode, { value: 0 });
  const cycle = flow.createCycle("loop").connect(step.out.value, step.in.value);
  cycle
    .maxIterations(2 * ITERATIONS)
    .convergeWhen(step.out.value, predicate)
    .build();
  return { flow, step };
}

/** The same work by hand: both schemas parsed, the predicate asked. */
function floor(predicate: Predicate): void {
  let value = 0;
  do value = OUTPUT.parse(increment(INPUT.parse({ value }))).value;
  while (!predicate(value));
  expectValue(value, ITERATIONS);
}

async function ours({ flow, step } = loop): Promise<void> {
  const result = await runtime.execute(flow);
  expectValue(result.get(step).value, ITERATIONS);
}

/** How far the heap grows, in MB, while the loop runs: read by its predicate, ten times, after a collection. */
async function heapGrowth(run: (predicate: Predicate) => unknown): Promise<number> {
  const used: number[] = [];
  await run((value) => {
    if (value % (ITERATIONS / 10) === 0) used.push(heapUsed());
    return isThere(value);
  });
  return (Math.max(...used, heapUsed()) - used[0]!) / 1e6;
}

function heapUsed(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}

const times = await interleave({ warmUp: 1, rounds: 5 }, { floor: () => floor(isThere), ours });
const growth = { floor: await heapGrowth(floor), ours: await heapGrowth((predicate) => ours(loopUntil(predicate))) };
printSamples(
  { row: "loop", ours: times.ours * NS_AN_ITERATION, floor: times.floor * NS_AN_ITERATION },
  { row: "loop-heap", ...growth },
);
