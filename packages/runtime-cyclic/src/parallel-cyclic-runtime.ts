import { PolyloomError } from "@polyloom/core";
import type { Capabilities } from "@polyloom/core/runtime";
import { ParallelRuntime, type ParallelRuntimeOptions } from "@polyloom/runtime-parallel";
import { z } from "zod";

/** Options of {@link ParallelCyclicRuntime}: those of `ParallelRuntime`, and how long a cycle has a worker to itself. */
export interface ParallelCyclicRuntimeOptions extends ParallelRuntimeOptions {
  /**
   * Most iterations that a worker runs before it tells how far the cycle is; a slow cycle tells every 20 ms anyway.
   * From there it goes on elsewhere when others wait for the worker, or when the worker is lost. Default 1,000.
   */
  readonly cycleBatchSize?: number;
}

const expected = "has to be a whole number from 1";
const cycleBatchSize = z.int(expected).min(1, expected).default(1_000);

/** Runs whole cycles on worker threads, in batches of iterations: independent ones at the same time. */
export class ParallelCyclicRuntime extends ParallelRuntime {
  override readonly name: string = "parallel-cyclic";
  declare readonly capabilities: Capabilities;

  /**
   * Takes the options of `ParallelRuntime`, and `cycleBatchSize`.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: ParallelCyclicRuntimeOptions = {}) {
    super(options, ["cycleBatchSize"]);
    this.capabilities = Object.freeze({ ...this.capabilities, cycleBatchSize: sizeOf(options) });
  }
}

function sizeOf({ cycleBatchSize: size }: ParallelCyclicRuntimeOptions): number {
  const parsed = cycleBatchSize.safeParse(size);
  if (parsed.success) return parsed.data;
  throw new PolyloomError("invalid_option", `runtime: cycleBatchSize ${expected}, not ${String(size)}`, {
    details: { option: "cycleBatchSize", expected },
  });
}
