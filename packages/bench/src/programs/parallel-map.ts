import { Workflow } from "@polyloom/core";
import { ParallelRuntime } from "@polyloom/runtime-parallel";
import { interleave } from "../interleave.ts";
import { printSamples } from "../sample.ts";
import { columnSum, rowSum } from "./portable-nodes.ts";
import { rawPool } from "./raw-pool.ts";
import { type Row, sumColumn } from "./raw-work.ts";

const ROWS = 1_000_000;
const WORKERS = 2;
const CHUNKS = 4 * WORKERS;

const column = Float64Array.from({ length: ROWS }, (_, i) => i % 1000);
const rows: Row[] = Array.from({ length: ROWS }, (_, id) => ({ id, price: id % 100, count: id % 7 }));
const pool = rawPool(WORKERS);
const runtime = new ParallelRuntime({ maxWorkers: WORKERS, connectionValidation: "off" });

function chunksOf<T extends { slice(from: number, to: number): T; readonly length: number }>(list: T): T[] {
  const size = Math.ceil(list.length / CHUNKS);
  return Array.from({ length: CHUNKS }, (_, i) => list.slice(i * size, (i + 1) * size));
}

async function oursColumn(): Promise<number> {
  const flow = new Workflow("column");
  const part = flow.addMap("part", columnSum, { each: { column: chunksOf(column) }, chunkSize: 1 });
  const sums = (await runtime.execute(flow)).get(part).sum as number[];
  return sums.reduce((a, b) => a + b, 0);
}

const floorColumn = (): number => sumColumn({ column }).sum;

async function oursRows(): Promise<void> {
  const flow = new Workflow("rows");
  const each = flow.addMap("each", rowSum, { each: { row: rows } });
  const done = (await runtime.execute(flow)).get(each).row;
  if (done.length !== ROWS) throw new Error("rows are missing");
}

/** One message a chunk, and the parts put together again. */
async function floorRows(): Promise<void> {
  const parts = await Promise.all(chunksOf(rows).map((chunk) => pool.run(chunk, { name: "rows" })));
  if (parts.flat().length !== ROWS) throw new Error("rows are missing");
}

const columns = await interleave({ warmUp: 2, rounds: 9 }, { floorColumn, oursColumn });
const objects = await interleave({ warmUp: 1, rounds: 3 }, { floorRows, oursRows });
printSamples(
  { row: "parallel-column", ours: columns.oursColumn, floor: columns.floorColumn },
  { row: "parallel-rows", ours: objects.oursRows, floor: objects.floorRows },
);
await runtime.close();
await pool.destroy();
