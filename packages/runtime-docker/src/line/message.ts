import type { About, End, Order, Report } from "@polyloom/core/place";
import type { NodeReference, SerializedError } from "@polyloom/wire";

/** The first word on a line that a container opens: which one it is. */
export interface Hello {
  readonly token: string;
}

/** What the host tells an agent. */
export type Command =
  /** End the worker, if there is one, and start another, which says this token. */
  { readonly kind: "start"; readonly token: string } | { readonly kind: "ping" };

/** What an agent tells the host. */
export type Notice =
  | { readonly kind: "pong" }
  /** A worker ended by itself. */
  | { readonly kind: "ended"; readonly token: string; readonly exitCode: number; readonly error?: SerializedError };

/** What a worker is asked to do; the answer is an end. */
export type Message =
  /** Import the modules of nodes. */
  | { readonly kind: "find"; readonly id: number; readonly nodes: readonly NodeReference[] }
  | { readonly kind: "run"; readonly id: number; readonly order: Order }
  | { readonly kind: "abort"; readonly id: number; readonly reason: SerializedError };

/** What a worker tells. */
export type Word =
  | { readonly kind: "report"; readonly id: number; readonly report: Report }
  | { readonly kind: "end"; readonly id: number; readonly end: End }
  /** Something threw that a node had left behind. */
  | { readonly kind: "late"; readonly about: About | undefined; readonly error: SerializedError };

/** What an agent starts with, as JSON in its environment. */
export interface AgentSettings {
  /** The socket to connect to; absent where stdin and stdout are the line. */
  readonly socket?: string;
  /** Names the agent's own line. */
  readonly token: string;
  /** Names the line of its first worker. */
  readonly worker: string;
  /** Most bytes of one message. */
  readonly maxBytes: number;
  /** Most of a worker's JavaScript heap, in MiB. */
  readonly heapMegabytes?: number;
}

/** What a worker starts with. */
export interface WorkerSettings {
  readonly socket?: string;
  readonly token: string;
  readonly maxBytes: number;
}

/** The variable that holds {@link AgentSettings}. */
export const SETTINGS_VARIABLE = "POLYLOOM_AGENT";
