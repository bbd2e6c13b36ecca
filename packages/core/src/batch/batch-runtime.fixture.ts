import { SEQUENTIAL, type Capabilities } from "../execute/capabilities.ts";
import { BaseRuntime } from "../execute/base-runtime.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import { invoke, type Outcome, type Task } from "../execute/task.ts";
import { definedFunctionOf } from "../define/defined-function.ts";
import type { Plan } from "../plan/plan.ts";
import type { Batch } from "./batch.ts";
import { isolated } from "./isolated.ts";
import { performBatch } from "./perform-batch.ts";
import type { BatchEnd } from "./report.ts";

/** Performs batches in this process, as a place elsewhere would: everything that crosses is cloned. */
export class BatchRuntime extends BaseRuntime {
  readonly name = "batch";
  readonly capabilities: Capabilities = {
    ...SEQUENTIAL,
    place: "worker",
    maxConcurrency: 2,
    isolates: true,
    fuses: true,
  };
  /** Strands of each batch so far. */
  readonly sizes: number[] = [];
  /** Asked for each batch instead of performing it, where given. */
  readonly #instead: ((batch: Batch) => PromiseLike<BatchEnd>) | undefined;
  readonly #known: Map<string, unknown> = new Map();

  constructor(options: RuntimeOptions = {}, instead?: (batch: Batch) => PromiseLike<BatchEnd>) {
    super(options);
    this.#instead = instead;
  }

  protected override prepare({ steps, cycles }: Plan): void {
    for (const { definition } of steps) if (definition) this.#known.set(definition.name, definition);
    for (const { criterion, condition } of cycles)
      for (const test of [criterion?.kind === "predicate" ? criterion.test : undefined, condition?.test]) {
        const defined = test && definedFunctionOf(test);
        if (defined) this.#known.set(defined.name, defined);
      }
  }

  protected override runTask(task: Task): Outcome | Promise<Outcome> {
    return isolated(invoke)(task);
  }

  protected override async performBatch(batch: Batch, signal: AbortSignal): Promise<BatchEnd> {
    this.sizes.push(batch.order.strands);
    await undefined;
    if (this.#instead) return this.#instead(batch);
    const order = structuredClone(batch.order, { transfer: [...batch.transfer] });
    const found = order.references.map(({ name }) => this.#known.get(name));
    const { control } = batch;
    return performBatch(order, found, {
      control,
      signal,
      tell: (portion, buffers) => batch.deliver(structuredClone(portion, { transfer: [...buffers] })),
    });
  }
}
