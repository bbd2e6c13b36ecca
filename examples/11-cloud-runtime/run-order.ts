import { perform, refused } from "@polyloom/core/place";
import { collectNodes, type NodeReference } from "@polyloom/wire";
import { encodeReply, type NumberedOrder } from "./message.ts";

// #region order
/** Runs one attempt at one node, and tells what happens of it; ends with one reply that is the last. */
export async function runOrder(
  order: NumberedOrder,
  write: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  write(encodeReply(await perform(order, { signal, tell: (report) => write(encodeReply(report)) })));
}

/** Looks for nodes, by module and name; gives a reply for the first that cannot be found. */
export async function findNodes(references: readonly NodeReference[]): Promise<Uint8Array> {
  try {
    for (const reference of references) (await collectNodes(reference.module)).pick(reference);
    return new Uint8Array();
  } catch (error) {
    return encodeReply(refused(error));
  }
}
// #endregion order
