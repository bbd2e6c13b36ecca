import { LocalRuntime } from "@polyloom/runtime-local";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { chainOf, type Counter, expectValue, increment } from "./increment.ts";

const NODES = 10_000;
const NS_A_NODE = 1e6 / NODES;

const { flow, last } = chainOf(NODES);
const runtime = new LocalRuntime({ connectionValidation: "off", collectMetrics: false });
const outputs = new Array<Counter | undefined>(NODES);

/** The same work by hand: a call, and its output kept. */
function floor(): void {
  let value = 0;
  for (let i = 0; i < NODES; i++) {
    const output = increment({ value });
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
printSamples({ row: "chain-off", ours: times.ours * NS_A_NODE, floor: times.floor * NS_A_NODE });
