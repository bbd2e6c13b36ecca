import { type NodeHandle, Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { expectValue } from "./increment.ts";
import { plusOne } from "./portable-nodes.ts";
import { rawPool } from "./raw-pool.ts";

const WORKERS = 2;
const NODES = 1000;
const LINKS = 200;

const pool = rawPool(WORKERS);
const runtime = new ParallelRuntime({ maxWorkers: WORKERS });
const many = new Workflow("many");
const handles = Array.from({ length: NODES }, (_, value) => many.addNode(`node${value}`, plusOne, { value }));
const chain = new Workflow("chain");
let last: NodeHandle<{ value: number }, { value: number }> = chain.addNode("link0", plusOne, { value: 0 });
for (let i = 1; i < LINKS; i++) last = chain.addNode(`link${i}`, plusOne, { value: last.out.value });

async function oursMany(): Promise<void> {
  const result = await runtime.execute(many);
  expectValue(result.get(handles.at(-1)!).value, NODES);
}

async function floorMany(): Promise<void> {
  const runs = handles.map((_, value) => pool.run({ value }, { name: "increment" }));
  expectValue(((await Promise.all(runs)).at(-1) as { value: number }).value, NODES);
}

async function oursChain(): Promise<void> {
  expectValue((await runtime.execute(chain)).get(last).value, LINKS);
}

async function floorChain(): Promise<void> {
  let value = 0;
  for (let i = 0; i < LINKS; i++) ({ value } = (await pool.run({ value }, { name: "increment" })) as { value: number });
  expectValue(value, LINKS);
}

const times = await interleave({ warmUp: 60, rounds: 30 }, { floorMany, oursMany, floorChain, oursChain });
printSamples(
  { row: "parallel-many", ours: times.oursMany, floor: times.floorMany },
  { row: "parallel-chain", ours: times.oursChain, floor: times.floorChain },
);
await runtime.close();
await pool.destroy();
