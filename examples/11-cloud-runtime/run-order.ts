import type { NodeContext, NodeDefinition } from "@polyloom/core";
import { assertTransferable, collectNodes, type NodeReference, serializeError } from "@polyloom/wire";
import { pino } from "pino";
import { encodeReply, type Order, type Reply } from "./message.ts";

// #region order
/** Runs one attempt at one node, and tells what happens of it; ends with one reply that is the last. */
export async function runOrder(order: Order, write: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void> {
  const context = contextFor(order, (reply) => write(encodeReply(reply)), signal);
  write(await attempt(order, context));
}

/** Looks for nodes, by module and name; gives a reply for the first that cannot be found. */
export async function findNodes(references: readonly NodeReference[]): Promise<Uint8Array> {
  try {
    for (const reference of references) (await collectNodes(reference.module)).pick(reference);
    return new Uint8Array();
  } catch (error) {
    return encodeReply({ kind: "refused", error: serializeError(error) });
  }
}

async function attempt({ node: reference, input }: Order, context: NodeContext): Promise<Uint8Array> {
  let kind: "threw" | "refused" = "refused";
  try {
    const module = await collectNodes(reference.module);
    const node = module.pick(reference) as NodeDefinition;
    kind = "threw";
    const output = await node.run(input as never, context);
    kind = "refused";
    assertTransferable(output, "output");
    return encodeReply({ kind: "completed", output, state: context.state });
  } catch (error) {
    return encodeReply({ kind, error: serializeError(error) });
  }
}
// #endregion order

/** What the node sees of its run, from afar. */
function contextFor({ about }: Order, tell: (reply: Reply) => void, signal: AbortSignal): NodeContext {
  const write = (line: string): void => tell({ kind: "log", line });
  const formatters = { level: (level: string) => ({ level }) };
  return {
    ...about,
    signal,
    logger: pino({ level: "trace", base: null, timestamp: false, formatters }, { write }),
    progress: (done, total, message) =>
      tell({
        kind: "progress",
        done,
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      }),
  };
}
