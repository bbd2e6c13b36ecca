import { defineNode, Workflow } from "@polyloom/core";
import { AsyncRuntime } from "@polyloom/runtime-async";
import { setTimeout } from "node:timers/promises";
import pLimit from "p-limit";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { type Counter, expectValue, increment, INPUT, OUTPUT } from "./increment.ts";

const NODES = 1000;
const MAX_CONCURRENCY = 100;
const MILLISECONDS = 20;

async function incrementLater(input: Counter): Promise<Counter> {
  await setTimeout(MILLISECONDS);
  return increment(input);
}

const later = defineNode({ name: "incrementLater", input: INPUT, output: OUTPUT, run: incrementLater });
const flow = new Workflow("async");
const handles = Array.from({ length: NODES }, (_, value) => flow.addNode(`node${value}`, later, { value }));
const runtime = new AsyncRuntime({ maxConcurrency: MAX_CONCURRENCY });

async function ours(): Promise<void> {
  const result = await runtime.execute(flow);
  expectValue(result.get(handles.at(-1)!).value, NODES);
}

/** The same calls under p-limit, and nothing else. */
async function floor(): Promise<void> {
  const limit = pLimit(MAX_CONCURRENCY);
  const results = await Promise.all(handles.map((_, value) => limit(() => incrementLater({ value }))));
  expectValue(results.at(-1)!.value, NODES);
}

const times = await interleave({ warmUp: 2, rounds: 5 }, { floor, ours });
printSamples({ row: "async", ...times });
