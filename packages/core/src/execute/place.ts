import type { Batch, BatchPlace } from "../batch/batch.ts";
import { isolated } from "../batch/isolated.ts";
import type { BatchEnd } from "../batch/report.ts";
import { composeAround } from "../observe/around.ts";
import type { Observer } from "../observe/observer.ts";
import type { Capabilities } from "./capabilities.ts";
import { portably } from "./portable.ts";
import type { RunSettings } from "./run-settings.ts";
import { invoke, type Task } from "./task.ts";

type RunTask = RunSettings["runTask"];

/** What a runtime offers to a run. */
export interface Place {
  readonly capabilities: Capabilities;
  /** Whether it has to behave as one that shares no memory. */
  readonly portable: boolean;
  readonly runTask: RunTask;
  preempt(task: Task): void;
  performBatch(batch: Batch, signal: AbortSignal): PromiseLike<BatchEnd>;
  preemptBatch(batch: Batch): void;
}

/** Where the tasks and batches of one run go: to the runtime's place, inside what observers put around attempts. */
export function placeSettings(
  place: Place,
  observers: readonly Observer[],
  onError: (error: unknown) => void,
): Pick<RunSettings, "runTask" | "preempt" | "batches"> {
  const run = taskRunner(place);
  const around = composeAround(observers, onError);
  return {
    runTask: around === undefined ? run : (task, signal) => around(task, () => run(task, signal)),
    preempt: (task) => place.preempt(task),
    // What observers put around attempts is made here: with it nothing is fused.
    batches: place.capabilities.fuses === true && around === undefined ? batchPlace(place) : undefined,
  };
}

function taskRunner({ capabilities: { isolates }, portable, runTask }: Place): RunTask {
  const here: RunTask = isolates ? isolated(invoke) : invoke;
  const run: RunTask = (task, signal) => (task.node.inline === true ? here(task, signal) : runTask(task, signal));
  return portable ? portably(run) : run;
}

function batchPlace(place: Place): BatchPlace {
  return {
    workers: place.capabilities.maxConcurrency,
    chunkSize: place.capabilities.chunkSize,
    cycleBatchSize: place.capabilities.cycleBatchSize,
    perform: (batch, signal) => place.performBatch(batch, signal),
    preempt: (batch) => place.preemptBatch(batch),
  };
}
