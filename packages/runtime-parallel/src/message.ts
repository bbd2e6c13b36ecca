import type { About, Order, Report } from "@polyloom/core/place";
import type { NodeReference, SerializedError } from "@polyloom/wire";
import type { MessagePort } from "node:worker_threads";

/** A node by the number that stands for it, and where its module is. */
export interface NumberedNode {
  readonly number: number;
  readonly reference: NodeReference;
}

/** What a worker is asked to do; the answer is an end. */
export type Message =
  /** Import the modules of nodes, and keep the nodes. */
  | { readonly kind: "find"; readonly id: number; readonly nodes: readonly NumberedNode[] }
  /** Run a node; `reference` where this worker has not heard of it yet. */
  | { readonly kind: "run"; readonly id: number; readonly order: Order<number>; readonly reference?: NodeReference };

/** What a worker is told through its own port, while it works. */
export interface Abort {
  readonly id: number;
  readonly reason: SerializedError;
}

/** What a worker tells through its own port. */
export type Word =
  | { readonly kind: "report"; readonly id: number; readonly report: Report }
  /** The end could not be sent: it will never come. */
  | { readonly kind: "unsent"; readonly id: number; readonly error: SerializedError }
  /** Something threw that a node had left behind; nothing is known of the node where Node cannot tell. */
  | { readonly kind: "late"; readonly about: About | undefined; readonly error: SerializedError };

/** The first thing that a new worker says. */
export interface Hello {
  readonly port: MessagePort;
}

/** What every incarnation of a worker starts with. */
export interface WorkerData {
  /** Milliseconds that it was at work, as one Float64. */
  readonly busy: SharedArrayBuffer;
  /** In bytes. */
  readonly memoryLimit: number | undefined;
}
