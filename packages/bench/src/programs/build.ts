import { LocalRuntime } from "@polyloom/runtime-local";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { orderByHand } from "./hand-built-graph.ts";
import { chainOf, expectValue } from "./increment.ts";

const runtime = new LocalRuntime();

/** Builds a chain, and asks the runtime whether it would run: that validates it and plans it. */
function ours(nodes: number): void {
  const { flow } = chainOf(nodes);
  expectValue(runtime.check(flow).length, 0);
}

function floor(nodes: number): void {
  expectValue(orderByHand(nodes).length, nodes);
}

/** What a process that builds one workflow pays: nothing is warm, and libraries are loaded. */
function firstTime(build: (nodes: number) => void, nodes: number): number {
  const began = performance.now();
  build(nodes);
  return performance.now() - began;
}

const microsecondsANode = (milliseconds: number, nodes: number): number => (milliseconds * 1000) / nodes;

const first = { floor: firstTime(floor, 10_000), ours: firstTime(ours, 10_000) };
const at1k = await interleave({ warmUp: 10, rounds: 30 }, { ours: () => ours(1000) });
const at10k = await interleave({ warmUp: 3, rounds: 11 }, { floor: () => floor(10_000), ours: () => ours(10_000) });
const at100k = await interleave({ warmUp: 1, rounds: 5 }, { ours: () => ours(100_000) });

printSamples(
  { row: "build", ours: microsecondsANode(at10k.ours, 10_000), floor: microsecondsANode(at10k.floor, 10_000) },
  { row: "build-first", ours: microsecondsANode(first.ours, 10_000), floor: microsecondsANode(first.floor, 10_000) },
  { row: "build-growth", ours: microsecondsANode(at100k.ours, 100_000), floor: microsecondsANode(at1k.ours, 1000) },
);
