import type { NodeContext } from "@polyloom/core";
import { decode, encode, encodeFrame, FrameParser, type NodeReference, type SerializedError } from "@polyloom/wire";

// #region messages
/** What a runtime sends: one attempt at one node, named by the module that defines it. */
export interface Order {
  /** What an abort names. */
  readonly id: string;
  readonly node: NodeReference;
  readonly input: Readonly<Record<string, unknown>>;
  readonly about: Pick<NodeContext, "runId" | "workflow" | "nodeId" | "attempt" | "iteration" | "index" | "state">;
}

/** What comes back, message by message: progress and logs while the node runs, then one end. */
export type Reply =
  | { readonly kind: "progress"; readonly done: number; readonly total?: number; readonly message?: string }
  | { readonly kind: "log"; readonly line: string }
  | { readonly kind: "completed"; readonly output: unknown; readonly state: Readonly<Record<string, unknown>> }
  | { readonly kind: "threw"; readonly error: SerializedError }
  /** The place failed, not the node: the node was not found, or its output cannot move. */
  | { readonly kind: "refused"; readonly error: SerializedError };
// #endregion messages

/** A reply as a frame, for a stream of them. */
export function encodeReply(reply: Reply): Uint8Array {
  return encodeFrame(encode(reply));
}

/** The replies in a stream of bytes, however they are cut. */
export async function* decodeReplies(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Reply, void> {
  const parser = new FrameParser();
  for await (const chunk of bytes) for (const body of parser.push(chunk)) yield decode(body) as Reply;
  parser.end();
}
