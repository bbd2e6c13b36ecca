import type { SerializedError } from "@polyloom/wire";

/** What a place tells while a node runs. */
export type Report =
  | { readonly kind: "progress"; readonly done: number; readonly total?: number; readonly message?: string }
  /** One line of pino. */
  | { readonly kind: "log"; readonly line: string };

/** What a place tells last. */
export type End =
  | { readonly kind: "completed"; readonly output: unknown; readonly state?: Readonly<Record<string, unknown>> }
  | { readonly kind: "threw"; readonly error: SerializedError }
  /** The place failed, not the node: the node was not found, or its output cannot move. */
  | { readonly kind: "refused"; readonly error: SerializedError };

/** Who ordered something, as the place sees it. */
export interface Listener {
  /** Read when the node asks for it. */
  readonly signal: AbortSignal;
  /** Told nothing after the end. */
  tell(report: Report): void;
}
