import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { type Capabilities, SEQUENTIAL } from "../execute/capabilities.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import type { Batch } from "./batch.ts";
import { BatchRuntime } from "./batch-runtime.fixture.ts";
import { Control } from "./control.ts";
import type { BatchEnd } from "./report.ts";
import { type ReportPortion, unpackReports } from "./report-portion.ts";

/** Adds one, and keeps what it has seen from one iteration to the next. */
export const tally = defineNode({
  name: "tally",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number(), seen: z.array(z.number()) }),
  run: ({ x }, { state }) => {
    const seen = [...((state["seen"] as number[] | undefined) ?? []), x];
    state["seen"] = seen;
    return { x: x + 1, seen };
  },
});

/** Tells how far its cycles are every `size` iterations. */
export class CheckpointRuntime extends BatchRuntime {
  override readonly capabilities: Capabilities;
  readonly checkpoints: (readonly [iterations: number, isOver: boolean])[] = [];
  /** Asked before each batch: whether its place is wanted. */
  isWanted = (_batch: Batch): boolean => false;
  /** Performs a batch in another way, where given. */
  instead: ((batch: Batch, perform: (batch: Batch) => Promise<BatchEnd>) => Promise<BatchEnd>) | undefined;
  batches = 0;

  constructor(size: number, options: RuntimeOptions = {}) {
    super(options);
    this.capabilities = { ...SEQUENTIAL, maxConcurrency: 2, isolates: true, fuses: true, cycleBatchSize: size };
  }

  protected override performBatch(batch: Batch, signal: AbortSignal): Promise<BatchEnd> {
    this.batches++;
    if (this.isWanted(batch)) new Control(batch.control).yield();
    const { order, control, transfer } = batch;
    const deliver = (portion: ReportPortion, where?: string): void => {
      for (const report of unpackReports(portion))
        if (report[0] === "checkpoint") this.checkpoints.push([report[2].cycles[0]![1].iterations, report[4]]);
      batch.deliver(portion, where);
    };
    const perform = (each: Batch): Promise<BatchEnd> => super.performBatch(each, signal);
    const noted = { order, control, transfer, deliver };
    return this.instead === undefined ? perform(noted) : this.instead(noted, perform);
  }
}
