import { type FileHandle, open } from "node:fs/promises";
import { defineNode, Workflow } from "@polyloom/core";
import { CyclicRuntime } from "@polyloom/runtime-cyclic";
import { z } from "zod";

interface Reading {
  readonly file: FileHandle;
  readonly lines: AsyncIterator<string>;
}

// #region read
/** Gives the next lines of a file; keeps it open from one iteration to the next. */
const readBatch = defineNode({
  name: "readBatch",
  input: z.object({ size: z.int() }),
  output: z.object({ lines: z.array(z.string()), isLast: z.boolean() }),
  run: async ({ size }, { state }) => {
    const { lines } = (state["reading"] ??= await begin()) as Reading;
    const batch: string[] = [];
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      if (batch.push(next.value) === size) return { lines: batch, isLast: false };
    }
    return { lines: batch, isLast: true };
  },
});

async function begin(): Promise<Reading> {
  const file = await open(new URL("../00-iris/iris.csv", import.meta.url));
  return { file, lines: file.readLines({ autoClose: false })[Symbol.asyncIterator]() };
}
// #endregion read

/** Counts the lines so far and keeps their mean up to date: Welford's method. */
const addUp = defineNode({
  name: "addUp",
  input: z.object({ lines: z.array(z.string()), count: z.int(), mean: z.number() }),
  output: z.object({ count: z.int(), mean: z.number() }),
  run: ({ lines, count, mean }) => {
    for (const line of lines) mean += (Number(line.split(",")[0]) - mean) / ++count;
    return { count, mean };
  },
});

// #region cycle
const flow = new Workflow("batches");
const batch = flow.addNode("batch", readBatch, { size: 40 });
const total = flow.addNode("total", addUp, { lines: batch.out.lines, count: 0, mean: 0 });
flow
  .createCycle("until done")
  .connect(total.out.count, total.in.count)
  .connect(total.out.mean, total.in.mean)
  .include(batch)
  .convergeWhen("batch.isLast")
  .timeout(10_000)
  .build();

const closing: Promise<void>[] = [];
const runtime = new CyclicRuntime({
  onIteration: ({ iteration, values: { total: sofar } }) => console.log(`Batch ${iteration}:`, sofar),
  onCycleEnd: ({ reason, state: { batch: left } }) => {
    console.log(`The cycle ended: ${reason}; its file is closed`);
    closing.push((left as { reading: Reading }).reading.file.close());
  },
});
const result = await runtime.execute(flow);
// #endregion cycle

await Promise.all(closing);
console.log(`Mean length of ${result.get(total).count} sepals: ${result.get(total).mean.toFixed(4)} cm`);
