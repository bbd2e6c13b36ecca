import { Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { busy } from "./portable-nodes.ts";

const WORKERS = 2;
const BUSY_MS = 50;

const parallel = new ParallelRuntime({ maxWorkers: WORKERS });
const local = new LocalRuntime();

const heavy = new Workflow("heavy");
for (let i = 0; i < 16; i++) heavy.addNode(`busy${i}`, busy, { ms: BUSY_MS });

const times = await interleave(
  { warmUp: 1, rounds: 5 },
  {
    local: () => local.execute(heavy),
    parallel: () => parallel.execute(heavy),
  },
);
printSamples({ row: "parallel-busy", ours: times.parallel, floor: times.local });
await parallel.close();
