import type { BatchEnd, BatchOrder, ReportPortion, End, Order, Report } from "@polyloom/core/place";
import type { NodeReference, SerializedError } from "@polyloom/wire";
import type { MessagePort } from "node:worker_threads";

/** A node, or a function of a cycle, by the number that stands for it, and where its module is. */
export interface Numbered {
  readonly number: number;
  readonly reference: NodeReference;
}

/** What a worker is asked to do. `unknown` is what it has not heard of yet; `id` is what an abort names. */
export type Message =
  /** Import the modules of nodes, and keep the nodes. */
  | { readonly kind: "find"; readonly id: number; readonly unknown: readonly Numbered[] }
  /** Run a node. */
  | { readonly kind: "task"; readonly id: number; readonly unknown: readonly Numbered[]; readonly order: Order<number> }
  /** Run fused nodes; `numbers` are the references of the order. */
  | {
      readonly kind: "batch";
      readonly id: number;
      readonly unknown: readonly Numbered[];
      readonly order: BatchOrder;
      readonly numbers: readonly number[];
      readonly control: Int32Array;
    };

/** A message less its id. */
export type Work = Message extends infer M ? (M extends Message ? Omit<M, "id"> : never) : never;

/** What a worker answers in the end. */
export type Answer = End | BatchEnd;

/** What a worker is told through its own port, while it works. */
export interface Abort {
  readonly id: number;
  readonly reason: SerializedError;
}

/** What a worker tells through its own port. */
export type Word =
  | { readonly kind: "report"; readonly id: number; readonly report: Report }
  | { readonly kind: "reports"; readonly id: number; readonly portion: ReportPortion }
  /** The answer could not be sent: it will never come. */
  | { readonly kind: "unsent"; readonly id: number; readonly error: SerializedError }
  /** Something threw that a node had left behind; `whose` is not known where Node cannot tell. */
  | { readonly kind: "late"; readonly whose: Whose | undefined; readonly error: SerializedError };

/** A node in a run. */
export interface Whose {
  readonly runId: string;
  readonly nodeId: string;
}

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
