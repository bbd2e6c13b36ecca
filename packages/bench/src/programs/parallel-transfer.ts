import { type NodeHandle, Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { touched } from "./portable-nodes.ts";
import { rawPool } from "./raw-pool.ts";

const HOPS = 5;
const LENGTH = 100e6 / Float64Array.BYTES_PER_ELEMENT;

type Ports = { column: Float64Array<ArrayBuffer> };

const pool = rawPool(1);
const unfused = new ParallelRuntime({ maxWorkers: 1, fuse: false });
const fused = new ParallelRuntime({ maxWorkers: 1 });

function chainOf(column: Float64Array<ArrayBuffer>): { flow: Workflow; last: NodeHandle<Ports, Ports> } {
  const flow = new Workflow("hops");
  let last: NodeHandle<Ports, Ports> = flow.addNode("hop0", touched, { column });
  for (let i = 1; i < HOPS; i++) last = flow.addNode(`hop${i}`, touched, { column: last.out.column });
  return { flow, last };
}

async function ours(runtime: ParallelRuntime): Promise<void> {
  const { flow, last } = chainOf(new Float64Array(LENGTH));
  expectHops((await runtime.execute(flow)).get(last).column);
}

/** The same column, moved there and back for each hop; it is copied once, as a literal of a workflow is. */
async function floor(): Promise<void> {
  let column = structuredClone(new Float64Array(LENGTH));
  for (let i = 0; i < HOPS; i++)
    column = (await pool.run(column, { name: "moved", transferList: [column.buffer] })) as typeof column;
  expectHops(column);
}

function expectHops(column: Float64Array): void {
  if (column[0] !== HOPS || column.length !== LENGTH) throw new Error(`${column[0]} hops`);
}

const times = await interleave(
  { warmUp: 1, rounds: 5 },
  { floor, ours: () => ours(unfused), fused: () => ours(fused) },
);
printSamples(
  { row: "parallel-moved", ours: times.ours, floor: times.floor },
  { row: "parallel-moved-fused", ours: times.fused, floor: times.floor },
);
await Promise.all([unfused.close(), fused.close(), pool.destroy()]);
