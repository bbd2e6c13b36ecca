import { Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { Piscina } from "piscina";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { plusOne } from "./portable-nodes.ts";

const flow = new Workflow("one");
flow.addNode("only", plusOne, { value: 1 });

async function ours(): Promise<void> {
  await using runtime = new ParallelRuntime({ maxWorkers: 1 });
  await runtime.execute(flow);
}

/** A worker that imports the module of the node, and calls it. */
async function floor(): Promise<void> {
  const filename = new URL("./cold-worker.ts", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 0, maxThreads: 1, atomics: "disabled" });
  await pool.run({ value: 1 });
  await pool.destroy();
}

const times = await interleave({ warmUp: 1, rounds: 7 }, { floor, ours });
printSamples({ row: "parallel-cold", ...times });
