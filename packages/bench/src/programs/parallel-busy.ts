import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { busy, plusOne } from "./portable-nodes.ts";

const WORKERS = 2;
const BUSY_MS = 50;
const QUICK = 1500;
const SLOW = 4;

const parallel = new ParallelRuntime({ maxWorkers: WORKERS });
const local = new LocalRuntime();

const heavy = new Workflow("heavy");
for (let i = 0; i < 16; i++) heavy.addNode(`busy${i}`, busy, { ms: BUSY_MS });

/** Quick nodes on both sides of slow ones: whoever deals out in fixed portions gives all slow ones to one worker. */
const mixed = new Workflow("mixed");
for (let i = 0; i < QUICK; i++) mixed.addNode(`before${i}`, plusOne, { value: i });
for (let i = 0; i < SLOW; i++) mixed.addNode(`slow${i}`, busy, { ms: BUSY_MS });
for (let i = 0; i < QUICK; i++) mixed.addNode(`after${i}`, plusOne, { value: i });

const times = await interleave(
  { warmUp: 1, rounds: 5 },
  {
    local: () => local.execute(heavy),
    parallel: () => parallel.execute(heavy),
    mixed: () => parallel.execute(mixed),
  },
);
printSamples(
  { row: "parallel-busy", ours: times.parallel, floor: times.local },
  { row: "parallel-mixed", ours: times.mixed, floor: (SLOW * BUSY_MS) / WORKERS },
);
await parallel.close();
