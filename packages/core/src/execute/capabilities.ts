/** Parts of a workflow that a runtime may be unable to run. */
export type Feature = "cycles" | "maps" | "subworkflows" | "retries" | "timeouts" | "state";

/** What a runtime is, as data: read by `check`, by the conformance suite and by the capability matrix. */
export interface Capabilities {
  /** Where nodes run: in this thread, on other threads, in containers, on other machines, or nowhere at all. */
  readonly place: "in-process" | "worker" | "container" | "remote" | "mock";
  /** Most tasks at once; 1 is sequential. */
  readonly maxConcurrency: number;
  /** Whether it can end a task by force (K2). */
  readonly preempts: boolean;
  /** Whether nodes share no memory, so that what crosses a wire has to be transferable (D1, D3). */
  readonly isolates: boolean;
  /** Whether it takes batches: several nodes, or a whole cycle, as one message. Default false. */
  readonly fuses?: boolean;
  /** Items in one batch of a map that sets no `chunkSize`. Default: four batches for each of `maxConcurrency`. */
  readonly chunkSize?: number | undefined;
  /** Most iterations of a cycle in a batch before its place tells how far it is, and may do something else. Default: no limit. */
  readonly cycleBatchSize?: number | undefined;
  /** Whether time is virtual: waits take none. */
  readonly virtualTime: boolean;
  /** Most bytes of one value that crosses, where there is a limit (D4). */
  readonly maxMessageBytes?: number;
  /** What it refuses, with the code `unsupported`. */
  readonly unsupported: readonly Feature[];
}

/** The capabilities of a runtime that runs everything, in this thread, one task at a time. */
export const SEQUENTIAL: Capabilities = Object.freeze({
  place: "in-process",
  maxConcurrency: 1,
  preempts: false,
  isolates: false,
  virtualTime: false,
  unsupported: Object.freeze([]),
});
