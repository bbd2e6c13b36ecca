import { LocalRuntime } from "@polyloom/runtime-local";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { chainOf, expectValue, INPUT, OUTPUT } from "./increment.ts";

const NODES = 1000;

const { flow, last } = chainOf(NODES);
const warning = new LocalRuntime({ connectionValidation: "warn" });
const unchecked = new LocalRuntime({ connectionValidation: "off" });

/** The zod parses that 1,000 checked nodes cannot do without. */
function floor(): void {
  let value = 0;
  for (let i = 0; i < NODES; i++) value = INPUT.parse({ value }).value + OUTPUT.parse({ value: 1 }).value;
  expectValue(value, NODES);
}

async function run(runtime: LocalRuntime): Promise<void> {
  const result = await runtime.execute(flow);
  expectValue(result.get(last).value, NODES);
}

const times = await interleave(
  { warmUp: 30, rounds: 100 },
  { floor, warn: () => run(warning), off: () => run(unchecked) },
);
printSamples({ row: "validation", ours: times.warn - times.off, floor: times.floor });
