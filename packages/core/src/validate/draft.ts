import type { NodeEntry, WorkflowLike } from "../define/graph.ts";

/** A workflow whose nodes are numbered. */
export interface Draft {
  readonly workflow: WorkflowLike;
  readonly entries: readonly NodeEntry[];
  readonly indexOf: ReadonlyMap<string, number>;
}

/** Edges between node numbers, as two lists of equal length. */
export interface Edges {
  readonly from: number[];
  readonly to: number[];
}
