import { LocalRuntime } from "@polyloom/runtime-local";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { chainOf, type Counter, expectValue, increment, INPUT, OUTPUT } from "./increment.ts";

const NODES = 10_000;
const NS_A_NODE = 1e6 / NODES;

const { flow, last } = chainOf(NODES);
const runtime = new LocalRuntime({ connectionValidation: "warn", collectMetrics: true });
const durations = new Float64Array(NODES);
const outputs = new Array<Counter | undefined>(NODES);

/** The same work by hand: both schemas parsed, two timestamps, the duration and the output kept. */
function floor(): void {
  let value = 0;
  for (let i = 0; i < NODES; i++) {
    const began = performance.now();
    const input = INPUT.parse({ value });
    const output = OUTPUT.parse(increment(input));
    durations[i] = performance.now() - began;
    outputs[i] = output;
    value = output.value;
  }
  expectValue(value, NODES);
}

async function ours(): Promise<void> {
  const result = await runtime.execute(flow);
  expectValue(result.get(last).value, NODES);
}

const times = await interleave({ warmUp: 10, rounds: 30 }, { floor, ours });
printSamples({ row: "chain", ours: times.ours * NS_A_NODE, floor: times.floor * NS_A_NODE });
