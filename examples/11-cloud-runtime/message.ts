import type { End, Order, Report } from "@polyloom/core/place";
import { decode, encode, encodeFrame, FrameParser } from "@polyloom/wire";

// #region messages
/** What a runtime sends: an order, and what an abort names. */
export interface NumberedOrder extends Order {
  readonly id: string;
}

/** What comes back, message by message: reports while the node runs, then one end. */
export type Reply = Report | End;
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
