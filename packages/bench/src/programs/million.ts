import { LocalRuntime } from "@polyloom/runtime-local";
import { printSamples } from "../sample.ts";
import { orderByHand } from "./hand-built-graph.ts";
import { chainOf, expectValue, increment, INPUT, OUTPUT } from "./increment.ts";

const NODES = 1_000_000;

async function ours(): Promise<void> {
  const { flow, last } = chainOf(NODES);
  const result = await new LocalRuntime().execute(flow);
  expectValue(result.get(last).value, NODES);
}

/** The same by hand: the graph built and ordered, every node run between two parses. */
function floor(): void {
  let value = 0;
  for (const _ of orderByHand(NODES)) value = OUTPUT.parse(increment(INPUT.parse({ value }))).value;
  expectValue(value, NODES);
}

async function seconds(subject: () => unknown): Promise<number> {
  const began = performance.now();
  await subject();
  return (performance.now() - began) / 1000;
}

const time = await seconds(ours);
// The peak is read before the floor adds its own.
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
printSamples({ row: "million", ours: peakMegabytes }, { row: "million-time", ours: time, floor: await seconds(floor) });
