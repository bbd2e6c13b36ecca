import { Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { busy, plusOne } from "./portable-nodes.ts";

const WORKERS = 2;
const BUSY_MS = 50;
const QUICK = 1500;
const SLOW = 4;

const runtime = new ParallelRuntime({ maxWorkers: WORKERS });

/** Quick nodes on both sides of slow ones: whoever deals out in fixed portions gives all slow ones to one worker. */
const mixed = new Workflow("mixed");
for (let i = 0; i < QUICK; i++) mixed.addNode(`before${i}`, plusOne, { value: i });
for (let i = 0; i < SLOW; i++) mixed.addNode(`slow${i}`, busy, { ms: BUSY_MS });
for (let i = 0; i < QUICK; i++) mixed.addNode(`after${i}`, plusOne, { value: i });

const { ours } = await interleave({ warmUp: 20, rounds: 9 }, { ours: () => runtime.execute(mixed) });
printSamples({ row: "parallel-mixed", ours, floor: (SLOW * BUSY_MS) / WORKERS });
await runtime.close();
